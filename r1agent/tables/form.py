"""The questions that every paper of a table is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from r1agent.errors import R1AgentError

ColumnKind = Literal["text", "number"]
PAPER_HEADERS = ("file", "title", "authors", "year")
"""What the first columns say of each paper."""


class TableError(R1AgentError):
    """The columns, papers or cells of a table cannot be used as they were named."""


@dataclass(frozen=True, slots=True)
class Column:
    """One question to every paper."""

    name: str
    question: str
    kind: ColumnKind = "text"
    """In a column of numbers each cell holds the one number that its quote answers with."""
    unit: str = ""
    """What the numbers count or measure, such as `ms`, `%` or `photographs`; empty: anything."""

    @property
    def headers(self) -> tuple[str, ...]:
        """What the column is called in rows and CSV; a number has its unit and sentence beside."""
        number = (f"{self.name} unit", f"{self.name} sentence") if self.kind == "number" else ()
        return (self.name, *number, f"{self.name} quote", f"{self.name} page")


@dataclass(frozen=True, slots=True)
class TableForm:
    """The columns of a table, and which papers it is about.

    Raises:
        TableError: Two columns could not be told apart by their names.
    """

    columns: tuple[Column, ...]
    title: str = "Table of papers"
    papers: tuple[str, ...] = ()
    """File names or patterns such as `2023-*.pdf`; empty for every paper of the index."""

    def __post_init__(self) -> None:
        """Refuse names that would stand twice in the header."""
        place = first_clash(self.columns)
        if place is not None:
            raise TableError(clash(self.columns[place].name))

    @property
    def headers(self) -> tuple[str, ...]:
        """Every header of the table's rows, those of the papers first."""
        asked = (header for column in self.columns for header in column.headers)
        return (*PAPER_HEADERS, *asked)

    def column(self, name: str) -> Column | None:
        """Return the column of this name, without regard to case."""
        named = (one for one in self.columns if one.name.casefold() == name.casefold())
        return next(named, None)


def first_clash(columns: Sequence[Column]) -> int | None:
    """Return the place of the first column whose headers are taken, None where all differ."""
    taken = set(PAPER_HEADERS)
    for place, column in enumerate(columns):
        headers = {header.casefold() for header in column.headers}
        if headers & taken:
            return place
        taken |= headers
    return None


def clash(name: str) -> str:
    """Say that a name is taken."""
    return (
        f"The column name {name!r} is taken, by another column or by what is said of each paper "
        f"({', '.join(PAPER_HEADERS)}). Give every column a name of its own."
    )
