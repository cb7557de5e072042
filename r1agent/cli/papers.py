"""Papers and reports of an index as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent_indexes import AddReport, FailedPaper, IndexReport, Paper
    from r1agent_indexes.types import SkippedEntry

_MOST_SKIPPED = 20
_LONGEST_NAME = 60


def added_lines(report: AddReport) -> Iterator[RenderableType]:
    """Yield what an `add` did, with every failed file and its reason."""
    yield _summary(report)
    if report.vectors:
        yield vectors_line(report.vectors)
    yield from map(_folded_line, report.folded)
    yield from failed_lines([*report.failed, *report.failed_exports])
    yield from map(_skipped_line, report.skipped[:_MOST_SKIPPED])
    if len(report.skipped) > _MOST_SKIPPED:
        rest = len(report.skipped) - _MOST_SKIPPED
        yield Hanging("skipped  ", Text(f"and {rest} more; `--json` lists all."), style="yellow")
    if report.not_looked_up:
        yield Text(report.not_looked_up, style="yellow")


def _summary(report: AddReport) -> RenderableType:
    kinds: dict[str, Sequence[object]] = {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "near-duplicates folded": report.folded,
        "failed": report.failed,
        "missing on disk": report.missing,
    }
    counts = ", ".join(f"{len(papers)} {kind}" for kind, papers in kinds.items() if papers)
    pages = sum(paper.pages for paper in (*report.added, *report.changed))
    new = f" ({pages} pages)" if pages else ""
    new += f", {report.described} described by exports or registries" if report.described else ""
    skipped = len(report.skipped)
    new += f", {skipped} of the export's entries skipped" if skipped else ""
    return Text(f"Papers: {counts or 'none'}{new} in {report.seconds:.1f} s.")


def _folded_line(paper: Paper) -> RenderableType:
    return Hanging("folded  ", Text(f"{one_line(paper.file)}: same as {paper.same_as}"))


def _skipped_line(entry: SkippedEntry) -> RenderableType:
    name = shortened(entry.entry, _LONGEST_NAME) or entry.export.name
    return Hanging("skipped  ", Text(f"{name}: {one_line(entry.reason)}"), style="yellow")


def added_data(report: AddReport) -> dict[str, object]:
    """Return what an `add` did as JSON values."""
    return {
        "added": [paper_data(paper) for paper in report.added],
        "changed": [paper_data(paper) for paper in report.changed],
        "renamed": [paper_data(paper) for paper in report.renamed],
        "unchanged": [paper_data(paper) for paper in report.unchanged],
        "duplicates": report.duplicates,
        "folded": [paper_data(paper) for paper in report.folded],
        "missing": [paper_data(paper) for paper in report.missing],
        "failed": [{"path": each.path, "reason": each.reason} for each in report.failed],
        "failed_exports": [
            {"path": each.path, "reason": each.reason} for each in report.failed_exports
        ],
        "skipped": [
            {"export": each.export, "entry": each.entry, "reason": each.reason}
            for each in report.skipped
        ],
        "described": report.described,
        "not_looked_up": report.not_looked_up,
        "ignored": report.ignored,
        "vectors": report.vectors,
        "seconds": report.seconds,
    }


def vectors_line(described: str) -> RenderableType:
    """Show how the embeddings of an index are held."""
    return Hanging("Vectors: ", Text(one_line(f"{described}.")))


def paper_data(paper: Paper) -> dict[str, object]:
    """Return a paper as JSON values."""
    return {
        "id": paper.id,
        "file": paper.file,
        "path": paper.path,
        "title": paper.title,
        "authors": paper.metadata.authors,
        "year": paper.metadata.year,
        "doi": paper.metadata.doi,
        "arxiv_id": paper.metadata.arxiv_id,
        "venue": paper.metadata.venue,
        "citation_key": paper.metadata.citation_key,
        "tags": paper.metadata.tags,
        "pages": paper.pages,
        "passages": paper.chunks,
        "hidden": paper.hidden,
        "same_as": paper.same_as,
    }


def paper_line(paper: Paper) -> RenderableType:
    """Show a paper with its id, title, file and size."""
    year = f" ({paper.metadata.year})" if paper.metadata.year else ""
    body = Text(one_line(paper.title) + year)
    held = f"same as {paper.same_as}" if paper.same_as else counted(paper.chunks, "passage")
    counts = f"{counted(paper.pages, 'page')}, {held}"
    body.append(f"  {one_line(paper.file)}, {counts}", style="dim")
    if paper.hidden:
        body.append(f", {counted(paper.hidden, 'hidden character')}", style="yellow")
    return Hanging(f"{paper.id}  ", body, style="cyan")


def failed_lines(failed: Iterable[FailedPaper]) -> Iterator[RenderableType]:
    """Yield the files that could not be read, each with its reason."""
    for each in failed:
        body = Text(f"{one_line(each.file)}: {one_line(each.reason)}")
        yield Hanging("failed  ", body, style="red")


def failed_data(failed: FailedPaper) -> dict[str, object]:
    """Return a file that could not be read as JSON values."""
    return {"path": failed.path, "reason": failed.reason}


def check_data(report: IndexReport) -> dict[str, object]:
    """Return the state of an index as JSON values."""
    problems = [
        {"kind": each.kind, "text": each.text, "repaired": each.repaired}
        for each in report.problems
    ]
    return {
        "ok": report.ok,
        "papers": report.papers,
        "pages": report.pages,
        "passages": report.chunks,
        "vectors": report.vectors,
        "problems": problems,
    }


def check_lines(report: IndexReport) -> list[RenderableType]:
    """Show the state of an index and what was found wrong."""
    counts = [
        counted(report.papers, "paper"),
        counted(report.pages, "page"),
        counted(report.chunks, "passage"),
    ]
    verdict = (
        "The index is whole" if report.ok else "The index needs `r1agent index check --repair`"
    )
    lines: list[RenderableType] = [Text(f"{verdict}: {', '.join(counts)}.")]
    for problem in report.problems:
        done = "repaired: " if problem.repaired else ""
        lines.append(Hanging(f"{problem.kind}  ", Text(done + one_line(problem.text))))
    return [*lines, vectors_line(report.vectors)]
