"""Read the numbers of a text, each with its unit."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from r1agent.checks.units import Unit, multiplier_behind, unit_behind

Share = Literal["", "percent", "percentage points", "points"]

_PERCENT = r"(?:%|％|per\s?cent\b)"  # noqa: RUF001
_POINTS = r"(?:percentage\s+points?\b|pp\b|个?百分点)"
_NUMBER = re.compile(
    r"(?<!\.)(?<![^\W\u3400-\u9fff])(?:(?<![A-Za-z]-)|(?<=\b(?:mid|pre)-)|(?<=\bpost-))"
    r"(?P<digits>\d{1,3}(?:[,\u00a0\u202f]\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|\.\d+)"
    rf"(?:\s*(?:{_POINTS}|{_PERCENT}|points?\b))?"
)
_SHARE = re.compile(
    r"(?:(?:\s*(?:to|and|or|,|[-–—~至到和])\s*)\d+(?:\.\d+)?){0,3}"  # noqa: RUF001
    rf"(?:\s*-?(?:(?P<points>{_POINTS})|(?P<percent>{_PERCENT})|(?P<plain>points?\b)))"
)
_REFERENCE = re.compile(r"\[\d{1,3}(?:\s*[,;–-]\s*\d{1,3})*\]")  # noqa: RUF001
_WORDS = {
    word: value
    for value, word in enumerate(
        "three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
        "seventeen eighteen nineteen twenty".split(),
        3,
    )
}
_WORD = re.compile(rf"(?<![a-zA-Z])(?:{'|'.join(_WORDS)})(?![a-zA-Z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands in a text."""

    text: str
    value: float
    decimals: int
    share: Share = ""
    """What it is of a whole; plain `points` may be percentage points or others."""
    unit: Unit | None = None
    scale: float = 1.0
    """1,000,000 for `2 million`, whose `value` is 2."""
    start: int = 0

    @property
    def percent(self) -> bool:
        """Whether it is a percentage, or percentage points."""
        return self.share in ("percent", "percentage points")

    @property
    def amount(self) -> float:
        """How much it is, `million` and the like counted in."""
        return self.value * self.scale

    @property
    def significant(self) -> int:
        """How many significant digits it is written with."""
        return len(re.sub(r"\D", "", self.text.split("e")[0]).strip("0")) or 1

    def is_same(self, other: Number) -> bool:
        """Tell whether another number is the same quantity; a unit that is not named fits any."""
        if self.share != other.share:
            return False
        if self.unit is None or other.unit is None:
            return self.is_about(other.amount)
        size = other.unit.size / self.unit.size
        return self.unit.dimension == other.unit.dimension and self.is_about(other.amount * size)

    def is_about(self, amount: float) -> bool:
        """Tell whether it is `amount` (of either sign), written out or rounded to two digits."""
        amount = abs(amount)
        if self.amount == amount:
            return True
        rounding = 0.5 * 10.0**-self.decimals * self.scale * (1 + 1e-9)
        off = abs(self.amount - amount)
        return off <= rounding and off <= 0.02 * self.amount


def numbers_in(text: str) -> Iterator[Number]:
    """Find the numbers of a text, those written as words from three to twenty included.

    Digits inside a name (`ResNet-50`, `CO2`) are part of the name, not numbers.
    """
    return iter(_numbers(text))


@lru_cache(maxsize=4096)
def _numbers(text: str) -> tuple[Number, ...]:
    return tuple(_read(text))


def _read(text: str) -> Iterator[Number]:
    for found in _NUMBER.finditer(text):
        digits = re.sub(r"[,\u00a0\u202f]", "", found["digits"])
        mantissa = digits.lower().split("e")[0]
        decimals = len(mantissa.partition(".")[2])
        yield _number(text, found, found.end("digits"), float(digits), decimals)
    for found in _WORD.finditer(text):
        yield _number(text, found, found.end(), _WORDS[found[0].lower()], 0)


def _number(text: str, found: re.Match[str], end: int, value: float, decimals: int) -> Number:
    share = _share(text, end)
    if not share and text.endswith("百分之", 0, found.start()):
        share = "percent"
    return Number(
        text=found[0].strip().lower() if found[0].isalpha() else found[0].strip(),
        value=value,
        decimals=decimals,
        share=share,
        unit=None if share else unit_behind(text, end),
        scale=multiplier_behind(text, end),
        start=found.start(),
    )


def _share(text: str, end: int) -> Share:
    """Tell what a number is of a whole; in `3 to 5 %` that holds for both."""
    found = _SHARE.match(text, end)
    if found is None:
        return ""
    if found["points"]:
        return "percentage points"
    return "percent" if found["percent"] else "points"


def without_references(quote: str) -> str:
    """Take the marks of references (`[3]`, `[1, 4-6]`) out: they are no figures of the paper."""
    return _REFERENCE.sub(" ", quote)


def numbers_in_common(text: str, numbers: Iterable[str]) -> bool:
    """Tell whether a text holds one of some numbers."""
    held = {number.value for number in numbers_in(without_references(text))}
    return any(number.value in held for one in numbers for number in numbers_in(one))
