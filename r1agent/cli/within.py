"""Which papers a command searches: its options as a filter, and what that leaves out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from r1agent_indexes import PaperFilter, PaperIndex


def filter_from(
    *,
    year: str | None,
    author: Sequence[str] | None,
    file: Sequence[str] | None,
    tag: Sequence[str] | None,
) -> PaperFilter | None:
    """Return what the options ask for, or None where they ask for nothing.

    Raises:
        BadParameter: A value is empty, or `year` is no range of years.
    """
    from r1agent_indexes import PaperFilter, PaperIndexError

    given = {"--author": author, "--file": file, "--tag": tag}
    for option, values in given.items():
        if any(not value.strip() for value in values or ()):
            raise typer.BadParameter(
                "It is empty; give a name, or leave it out.", param_hint=option
            )
    authors, files, tags = (tuple(values or ()) for values in given.values())
    try:
        years = PaperFilter.parse_years(year) if year is not None else (None, None)
    except PaperIndexError as error:
        raise typer.BadParameter(str(error), param_hint="--year") from None
    where = PaperFilter(years=years, authors=authors, files=files, tags=tags)
    return None if where.is_empty else where


def left_out(index: PaperIndex, where: PaperFilter | None) -> str:
    """Say how many papers a range of years leaves out since their year is not known."""
    count = index.without_year(where) if where is not None else 0
    if not count:
        return ""
    papers = "1 paper has" if count == 1 else f"{count:,} papers have"
    return f"{papers} no known year; `--year` leaves out what it cannot place."
