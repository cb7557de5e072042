"""What one paper says to one question, and to all of them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from r1agent.report.printable import one_line
from r1agent.report.references import doubt, message, page
from r1agent.tables.figures import Figure, figure_in
from r1agent.tables.form import PAPER_HEADERS, Column
from r1agent.types import Answer, Citation, Contradiction, Outcome
from r1agent_indexes import Paper

NOT_SAID = "–"  # noqa: RUF001 - the dash of tables
"""What stands in a cell where the paper does not say."""

Export = Callable[[str, Answer], str]
"""Makes of an answer's text what is written to a file."""

Key = tuple[int, float, str]
LAST: Key = (2, 0.0, "")
"""The key of a row that has nothing to be sorted by."""


def as_it_is(text: str, _: Answer) -> str:
    """Return the text."""
    return text


@dataclass(frozen=True, slots=True)
class Cell:
    """What one paper says to one question."""

    column: Column
    answer: Answer | None = None
    """None where an error stood in its way, or where it was not asked yet."""
    error: str = ""

    @property
    def outcome(self) -> Outcome:
        """How the question ended."""
        return self.answer.outcome if self.answer else "failed"

    @property
    def sentences(self) -> str:
        """The answer without its marks, or what stands in its place; a dash: not said."""
        if self.outcome == "not_in_papers":
            return NOT_SAID
        if self.answer is None or self.outcome == "failed":
            said = one_line(self.answer.message if self.answer else self.error)
            return f"failed: {said or 'it was not asked'}"
        claims = [f"{one_line(one.text)} {doubt(one)}".strip() for one in self.answer.claims]
        if claims:
            return " ".join(claims)
        quotes = " / ".join(f"“{one_line(one.quote)}”" for one in self.answer.extracts)
        return f"{message(self.answer)} {quotes}".strip()

    @property
    def figure(self) -> Figure | None:
        """The number of a cell in a column of numbers, where its quotes have just one."""
        if self.answer is None or self.outcome != "answered" or self.column.kind != "number":
            return None
        return figure_in(self.answer, self.column)

    @property
    def citations(self) -> tuple[Citation, ...]:
        """The quotes that the answer rests on, in order."""
        if self.answer is None:
            return ()
        cited = [one for claim in self.answer.claims for one in claim.citations]
        shown = self.answer.extracts if self.outcome == "answered" else ()
        return tuple(dict.fromkeys([*cited, *shown]))

    @property
    def contradictions(self) -> tuple[Contradiction, ...]:
        """Where the paper says otherwise elsewhere."""
        return self.answer.contradictions if self.answer else ()

    def values(self, export: Export = as_it_is) -> tuple[Any, ...]:
        """Return what stands under each of the column's headers."""
        sentences = self.told(export)
        quotes = " / ".join(one_line(one.quote) for one in self.citations)
        pages = "; ".join(page(one) for one in self.citations)
        if self.column.kind == "text":
            return sentences, quotes, pages
        figure = self.figure
        number = figure.amount if figure else self._without_number
        return number, figure.unit if figure else "", sentences, quotes, pages

    def told(self, export: Export = as_it_is, escape: Callable[[str], str] = str) -> str:
        """Return the sentences, escaped, as they leave r1agent."""
        said = escape(self.sentences)
        return export(said, self.answer) if self.answer else said

    @property
    def _without_number(self) -> str:
        return "see the sentence" if self.outcome == "answered" else self.sentences


@dataclass(frozen=True, slots=True)
class Row:
    """A paper and its cells, in the order of the columns."""

    paper: Paper
    cells: tuple[Cell, ...]

    def values(self, export: Export = as_it_is) -> tuple[Any, ...]:
        """Return what stands under each header of the table."""
        known = self.paper.metadata
        authors = "; ".join(map(one_line, known.authors))
        named = known.title not in (self.paper.file, self.paper.path.stem)
        title = one_line(known.title) if named else ""
        cells = (value for cell in self.cells for value in cell.values(export))
        return (one_line(self.paper.file), title, authors, known.year, *cells)

    def key(self, place: int) -> Key:
        """Return the row's place in the order of a header: numbers, texts, what is not answered."""
        cells = [cell for cell in self.cells for _ in cell.column.headers]
        owner = cells[place - len(PAPER_HEADERS)] if place >= len(PAPER_HEADERS) else None
        value = self.values()[place]
        if value is None or value == "" or (owner and owner.outcome != "answered"):
            return LAST
        if isinstance(value, int | float):
            return 0, float(value), ""
        return 1, 0.0, str(value).casefold()
