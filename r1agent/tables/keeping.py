"""The answers kept beside a table, and which of them are to be asked again."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path

from r1agent.batch.items import BatchItem
from r1agent.batch.kept import KeptAnswers
from r1agent.tables.form import TableError, TableForm
from r1agent.tables.items import cell_id, shown
from r1agent.types import Answer
from r1agent_indexes import Paper

_JOB = {"kind": "table"}
"""Neither columns nor papers: both may be added. What a cell was asked stands with its answer."""


def kept_cells(out: Path) -> KeptAnswers:
    """Return the answers kept beside a table's file; its CSV, Markdown and HTML share them.

    Raises:
        BatchError: The file there is something else.
    """
    return KeptAnswers(out.with_name(f".{out.stem}.cells.jsonl"), _JOB)


def unanswered(items: Iterable[BatchItem], answers: Mapping[str, Answer]) -> list[BatchItem]:
    """Return the items without an answer that can stay.

    A failure cannot, nor an answer to what another question of the same column was.
    """
    return [item for item in items if not _can_stay(item, answers.get(item.id))]


def _can_stay(item: BatchItem, answer: Answer | None) -> bool:
    if answer is None or answer.outcome == "failed":
        return False
    return answer.question == item.question


def forget(kept: KeptAnswers, ids: Collection[str]) -> None:
    """Drop kept answers, where there are any of these."""
    found = [id for id in ids if id in kept.answers]
    if found:
        kept.drop(found)


def cells_named(name: str, papers: Sequence[Paper], form: TableForm) -> list[str]:
    """Return the ids of the cells of a column, of a paper (its file or a pattern), or of both.

    Args:
        name: `COLUMN`, `PAPER` or `PAPER/COLUMN`.
        papers: The rows.
        form: The columns.

    Raises:
        TableError: It names none of them.
    """
    rows = shown(papers)
    if column := form.column(name):
        return [cell_id(paper, column) for paper in rows]
    if meant := _named(name, rows):
        return [cell_id(paper, column) for paper in meant for column in form.columns]
    file, _, last = name.partition("/")
    if (column := form.column(last)) and (meant := _named(file, rows)):
        return [cell_id(paper, column) for paper in meant]
    known = [*(one.name for one in form.columns), *(paper.file for paper in rows)]
    near = difflib.get_close_matches(name, known, n=2, cutoff=0.4)
    nearest = f" Nearest: {', '.join(map(repr, near))}." if near else ""
    raise TableError(
        f"{name!r} names no column and no paper of the table.{nearest} Give a column, a file, or "
        "FILE/COLUMN."
    )


def _named(name: str, papers: Iterable[Paper]) -> list[Paper]:
    wanted = name.casefold()
    return [paper for paper in papers if fnmatchcase(paper.file.casefold(), wanted)]
