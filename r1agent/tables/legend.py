"""What is said above and below a table: how to read its cells, and the works it cites."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.papers.bibliography import bibliography
from r1agent.tables.cells import NOT_SAID
from r1agent.tables.table import Table
from r1agent.words import counted


def legend(table: Table) -> Iterator[str]:
    """Yield a line for the dash, and one for cells that failed, where there are any."""
    counts = table.counts()
    if counts["not_in_papers"]:
        yield f"{NOT_SAID} stands where the paper does not say."
    if counts["failed"]:
        yield f"{counted(counts['failed'], 'cell')} could not be answered; the reason is in each."


def works(table: Table, style: str) -> list[str]:
    """Return the cited papers as a CSL style writes them.

    Raises:
        ExportError: There is no such style.
    """
    listed = bibliography(table.report(), style=style).references
    return ["".join(piece.text for piece in each.pieces) for each in listed]
