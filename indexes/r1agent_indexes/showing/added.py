"""What became of the files that were added to an index, for notebooks."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from r1agent_indexes.showing.lists import (
    LISTED,
    counted,
    failure_item,
    html_list,
    markdown_list,
    paper_item,
)
from r1agent_indexes.showing.markup import html_folded, html_text, markdown_folded, markdown_text
from r1agent_indexes.types import AddReport, SkippedEntry

_Items = Sequence[tuple[str, str]]


def added_to_html(report: AddReport) -> str:
    """Write it as a piece of HTML: no script, no style sheet, no network."""
    first, *facts = _facts(report)
    lines = "".join(f"<br>{html_text(fact)}" for fact in facts)
    folds = "".join(
        html_folded(f"{name} ({len(items):,})", html_list(items[:LISTED], len(items)))
        for name, items in _lists(report)
    )
    return f'<div class="r1agent-added"><p><b>{html_text(first)}</b>{lines}</p>{folds}</div>'


def added_to_markdown(report: AddReport) -> str:
    """Write it as Markdown; the lists fold where HTML is understood."""
    first, *facts = _facts(report)
    folds = (
        markdown_folded(f"{name} ({len(items):,})", [markdown_list(items[:LISTED], len(items))])
        for name, items in _lists(report)
    )
    blocks = [f"**{markdown_text(first)}**", *map(markdown_text, facts), *folds]
    return "\n\n".join(blocks) + "\n"


def _facts(report: AddReport) -> list[str]:
    """Say first what came of the papers, then what else a reader should know."""
    counts: dict[str, Sequence[object]] = {
        "changed": report.changed,
        "renamed": report.renamed,
        "near-duplicates": report.folded,
        "failed": report.failed,
    }
    others = [f"{len(those):,} {name}" for name, those in counts.items() if those]
    added = f"{counted(len(report.added), 'paper')} added"
    told = [f"{added}, {len(report.unchanged):,} unchanged", *others]
    ignored = counted(report.ignored, "file") if report.ignored else ""
    described = counted(report.described, "paper") if report.described else ""
    facts = [
        f"{', '.join(told)}, in {report.seconds:.1f} s",
        f"{ignored} of another kind ignored" if ignored else "",
        f"{described} described by an export or a registry" if described else "",
        f"Not looked up: {report.not_looked_up}" if report.not_looked_up else "",
        f"Vectors: {report.vectors}" if report.vectors else "",
    ]
    return list(filter(None, facts))


def _lists(report: AddReport) -> Iterable[tuple[str, _Items]]:
    """Yield what there is a list of, those that want something done first."""
    lists: list[tuple[str, _Items]] = [
        ("Could not be read", [*map(failure_item, report.failed)]),
        ("Exports that could not be read", [*map(failure_item, report.failed_exports)]),
        ("Entries that name no paper here", [*map(_skipped, report.skipped)]),
        ("Missing, kept until removed", [*map(paper_item, report.missing)]),
        ("Added", [*map(paper_item, report.added)]),
        ("Changed", [*map(paper_item, report.changed)]),
        ("Renamed", [*map(paper_item, report.renamed)]),
        ("Folded into another paper", [*map(paper_item, report.folded)]),
        ("The same, byte for byte, as another file", [*map(_duplicate, report.duplicates)]),
    ]
    return [(name, items) for name, items in lists if items]


def _skipped(entry: SkippedEntry) -> tuple[str, str]:
    return entry.entry, f"{entry.export.name}: {entry.reason}"


def _duplicate(path: Path) -> tuple[str, str]:
    return path.name, str(path.parent)
