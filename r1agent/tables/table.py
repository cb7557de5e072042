"""A table over papers: its rows, their order, and the report that is made of them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from r1agent.report.references import OUTCOMES
from r1agent.reports import Entry, Report, Section
from r1agent.tables.cells import LAST, Cell, Export, Row, as_it_is
from r1agent.tables.form import TableError, TableForm


@dataclass(frozen=True, slots=True)
class Table:
    """Papers down, questions across. It renders in a notebook."""

    form: TableForm
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    """Said above the table, such as the model that answered."""

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Every cell, row by row."""
        return tuple(cell for row in self.rows for cell in row.cells)

    def records(self, export: Export = as_it_is) -> list[dict[str, Any]]:
        """Return a dictionary a paper, as `pandas.DataFrame` takes them.

        Years and numbers are numbers; what has none is text, or None for an unknown year.

        Args:
            export: Makes of an answer's text what is written.
        """
        headers = self.form.headers
        return [dict(zip(headers, row.values(export), strict=True)) for row in self.rows]

    def sorted_by(self, header: str) -> Table:
        """Return the table with its rows in the order of a column: numbers by size, then texts.

        Rows without an answer in it come last; a `-` before the name turns the others round.

        Raises:
            TableError: There is no such column.
        """
        downwards = header.startswith("-") and header not in self.form.headers
        name = header.removeprefix("-") if downwards else header
        places = {one.casefold(): place for place, one in enumerate(self.form.headers)}
        if name.casefold() not in places:
            known = ", ".join(map(repr, self.form.headers))
            raise TableError(f"No column {name!r} to sort by. There are {known}.")
        place = places[name.casefold()]
        keys = [(row.key(place), row) for row in self.rows]
        held = [pair for pair in keys if pair[0] != LAST]
        held.sort(key=lambda pair: pair[0], reverse=downwards)
        last = [row for key, row in keys if key == LAST]
        return replace(self, rows=(*(row for _, row in held), *last))

    def report(self) -> Report:
        """Return the table as a report, a section a paper, for JSON and bibliographies."""
        sections = tuple(_section(row) for row in self.rows)
        return Report("table", self.form.title, sections, self.notes)

    def counts(self) -> dict[str, int]:
        """Count the cells by outcome."""
        counts = dict.fromkeys(OUTCOMES, 0)
        for cell in self.cells:
            counts[cell.outcome] += 1
        return counts

    def _repr_html_(self) -> str:
        from r1agent.report.table.html import table_fragment

        return table_fragment(self)

    def _repr_markdown_(self) -> str:
        from r1agent.report.table.markdown import table_to_markdown

        return table_to_markdown(self)


def _section(row: Row) -> Section:
    title = row.paper.title
    entries = [Entry(one.answer, one.column.name) for one in row.cells if one.answer is not None]
    missing = [f"{one.column.name}: {one.sentences}" for one in row.cells if one.answer is None]
    return Section(title, tuple(entries), tuple(missing))
