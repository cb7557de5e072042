"""Papers and reports of an index as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent_indexes import AddReport, FailedPaper, IndexReport, Paper


def added_lines(report: AddReport) -> Iterator[RenderableType]:
    """Yield what an `add` did, with every failed file and its reason."""
    yield _summary(report)
    yield from failed_lines(report.failed)


def _summary(report: AddReport) -> RenderableType:
    kinds: dict[str, Sequence[object]] = {
        "added": report.added,
        "changed": report.changed,
        "renamed": report.renamed,
        "unchanged": report.unchanged,
        "duplicates": report.duplicates,
        "failed": report.failed,
        "missing on disk": report.missing,
    }
    counts = ", ".join(f"{len(papers)} {kind}" for kind, papers in kinds.items() if papers)
    pages = sum(paper.pages for paper in (*report.added, *report.changed))
    new = f" ({pages} pages)" if pages else ""
    return Text(f"Papers: {counts or 'none'}{new} in {report.seconds:.1f} s.")


def added_data(report: AddReport) -> dict[str, object]:
    """Return what an `add` did as JSON values."""
    return {
        "added": [paper_data(paper) for paper in report.added],
        "changed": [paper_data(paper) for paper in report.changed],
        "renamed": [paper_data(paper) for paper in report.renamed],
        "unchanged": [paper_data(paper) for paper in report.unchanged],
        "duplicates": report.duplicates,
        "missing": [paper_data(paper) for paper in report.missing],
        "failed": [{"path": each.path, "reason": each.reason} for each in report.failed],
        "ignored": report.ignored,
        "seconds": report.seconds,
    }


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
        "pages": paper.pages,
        "passages": paper.chunks,
    }


def paper_line(paper: Paper) -> RenderableType:
    """Show a paper with its id, title, file and size."""
    year = f" ({paper.metadata.year})" if paper.metadata.year else ""
    body = Text(one_line(paper.title) + year)
    counts = f"{counted(paper.pages, 'page')}, {counted(paper.chunks, 'passage')}"
    body.append(f"  {one_line(paper.file)}, {counts}", style="dim")
    return Hanging(f"{paper.id}  ", body, style="cyan")


def failed_lines(failed: Iterable[FailedPaper]) -> Iterator[RenderableType]:
    """Yield the files that could not be read, each with its reason."""
    for each in failed:
        body = Text(f"{one_line(each.file)}: {one_line(each.reason)}")
        yield Hanging("failed  ", body, style="red")


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
    return lines
