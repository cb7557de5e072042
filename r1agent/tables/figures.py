"""The one number that a cell answers with, read from its quote and never from the sentence."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from r1agent.checks.quantities import Number, numbers_in, without_references
from r1agent.tables.form import Column
from r1agent.types import Answer
from r1agent.words import content_words

_POINTS = ("points", "percentage points")
_MULTIPLIER = re.compile(r"\s*-?(?:hundred|thousand|million|billion|trillion|[百千万亿]+)(?![a-z])")
_MINUS = re.compile(r"(?:^|[\s(|\[:=])[-\u2212]$")
_OWN_UNIT = re.compile(r"[\s-]?(?P<unit>[^\W\d_]+|[°℃℉µμ][^\W\d_]*)")
_NEAR = 2  # words between a number and what it counts: `24,000 labelled photographs`


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it stands in a quote."""

    text: str
    """With `million` and the like: `0.27 million`."""
    amount: float
    """In the unit of the column, where that names a measure: 1,200 for `1.2 s` in `ms`."""
    unit: str
    """The column's, else what stands behind the number; empty where it counts something."""


def figure_in(answer: Answer, column: Column) -> Figure | None:
    """Return the number of a cell, None where its quotes answer with none, or with several.

    A number counts where the sentences state it, their quotes hold it in the column's unit, and
    the question does not name it itself.
    """
    cited = [one for claim in answer.claims for one in claim.citations] or list(answer.extracts)
    said = [claim.text for claim in answer.claims] or [one.quote for one in answer.extracts]
    asked = list(numbers_in(column.question))
    stated = [
        number
        for text in said
        for number in numbers_in(without_references(text))
        if not any(number.is_same(other) for other in asked)
    ]
    found = {
        (figure.amount, figure.unit): figure
        for quote in dict.fromkeys(one.quote for one in cited)
        for figure in _figures(without_references(quote), stated, column.unit)
    }
    return next(iter(found.values())) if len(found) == 1 else None


def _figures(quote: str, stated: list[Number], unit: str) -> Iterator[Figure]:
    for number in numbers_in(quote):
        if not any(_alike(number, other) for other in stated):
            continue
        size = _size_in(unit, number, quote)
        if size is None:
            continue
        end = number.start + len(_digits(number))
        scaled = _MULTIPLIER.match(quote, end)
        stop = scaled.end() if scaled else end
        sign = "-" if _MINUS.search(quote[: number.start]) else ""
        amount = round(float(f"{sign}1") * number.amount * size, 12)
        text = f"{sign}{' '.join(quote[number.start : stop].split())}"
        yield Figure(text, amount, unit or _own_unit(number, quote, stop))


def _alike(number: Number, other: Number) -> bool:
    """Compare; a sentence may leave out the unit, and call percentage points points."""
    if number.share in _POINTS and other.share in ("", *_POINTS):
        return number.is_about(other.amount)
    return number.is_same(other)


def _size_in(unit: str, number: Number, quote: str) -> float | None:
    """Return by what a number is multiplied for a unit, None where it is of another one."""
    if not unit:
        return 1.0
    probe = next(numbers_in(f"1 {unit}"), None)
    if probe is not None and probe.share:
        same = probe.share == number.share or {probe.share, number.share} <= set(_POINTS)
        return 1.0 if same else None
    if probe is not None and probe.unit is not None:
        if number.unit is None or number.unit.dimension != probe.unit.dimension:
            return None
        return number.unit.size / probe.unit.size
    return 1.0 if _counts(unit, quote[number.start + len(_digits(number)) :]) else None


def _counts(unit: str, behind: str) -> bool:
    """Tell whether what stands behind a number, up to the next one, is what a unit counts."""
    until = re.split(r"\d|[.;:,](?=\s|$)", behind, maxsplit=1)[0]
    if until.strip().casefold().startswith(unit.casefold()):
        return True
    words = content_words(_MULTIPLIER.sub(" ", until))
    wanted = content_words(unit)
    return bool(wanted) and set(wanted) <= set(words[: len(wanted) + _NEAR])


def _digits(number: Number) -> str:
    """Return the number without the `%` or `points` that its text may end in."""
    if number.text.isalpha():
        return number.text
    return re.split(r"[^\d.,eE+\-\s]", number.text)[0].strip()


def _own_unit(number: Number, quote: str, end: int) -> str:
    if number.share:
        return "%" if number.share == "percent" else number.share
    found = _OWN_UNIT.match(quote, end) if number.unit else None
    return found["unit"] if found else ""
