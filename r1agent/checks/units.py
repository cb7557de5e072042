"""Units behind a number: which quantity they measure, and how large they are.

A table rather than a library: pint takes 0.4 s to import and reads no text, quantulum3 guesses with
a classifier; the gate needs to know only whether two quantities can be the same.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache


@dataclass(frozen=True, slots=True)
class Unit:
    """A unit: two quantities of one dimension are compared by size."""

    dimension: str
    size: float
    """In the first unit of its dimension below."""


_TABLE: dict[str, dict[str, float]] = {
    "time": {
        "sec|secs|seconds?|秒": 1,
        "ns|nanoseconds?|纳秒": 1e-9,
        "µs|μs|microseconds?|微秒": 1e-6,
        "ms|msec|milliseconds?|毫秒": 1e-3,
        "min|mins|minutes?|分钟": 60,
        "h|hr|hrs|hours?|小时": 3600,
        "d|days?|天": 86400,
        "wk|wks|weeks?|周|星期": 604800,
        "months?|个月": 2629800,
        "yr|yrs|years?": 31557600,
        "decades?": 315576000,
    },
    "length": {
        "metres?|meters?|米": 1,
        "nm|nanometers?|nanometres?|纳米": 1e-9,
        "µm|μm|micrometers?|micrometres?|microns?|微米": 1e-6,
        "mm|millimeters?|millimetres?|毫米": 1e-3,
        "cm|centimeters?|centimetres?|厘米": 1e-2,
        "km|kilometers?|kilometres?|公里|千米": 1e3,
    },
    "mass": {
        "g|grams?|克": 1,
        "ng": 1e-9,
        "µg|μg|mcg|micrograms?|微克": 1e-6,
        "mg|milligrams?|毫克": 1e-3,
        "kg|kilograms?|公斤|千克": 1e3,
        "tonnes?|吨": 1e6,
    },
    "volume": {"L|litres?|liters?|升": 1, "µl|μl|µL|μL": 1e-6, "ml|mL|毫升": 1e-3, "dl|dL": 0.1},
    "data": {
        "bytes?|字节": 1,
        "kB|KB|KiB|kilobytes?": 1e3,
        "MB|MiB|megabytes?": 1e6,
        "GB|GiB|gigabytes?": 1e9,
        "TB|TiB|terabytes?": 1e12,
        "PB|petabytes?": 1e15,
    },
    "frequency": {"Hz|hertz|赫兹": 1, "kHz": 1e3, "MHz": 1e6, "GHz": 1e9},
    "power": {"W|watts?|瓦": 1, "mW": 1e-3, "kW|千瓦": 1e3, "MW": 1e6},
    "energy": {"J|joules?": 1, "kJ": 1e3, "MJ": 1e6, "Wh": 3600, "kWh": 3.6e6, "kcal": 4184},
    "concentration": {"nM": 1e-9, "µM|μM": 1e-6, "mM": 1e-3},
    "temperature": {"°C|℃|degrees? Celsius|摄氏度": 1},
    "temperature in F": {"°F|degrees? Fahrenheit": 1},
    "angle": {"°|degrees?": 1},
    "dollars": {"dollars?|USD|美元": 1},
    "euros": {"euros?|EUR|欧元": 1},
    "decibels": {"dB|decibels?": 1},
}
_MULTIPLIERS: dict[str, float] = {
    "hundred|百": 1e2,
    "thousand|千": 1e3,
    "million|百万": 1e6,
    "billion|十亿": 1e9,
    "trillion": 1e12,
    "万": 1e4,
    "亿": 1e8,
}
_LETTERS = {"s": Unit("time", 1), "m": Unit("length", 1)}
"""Units only where they stand apart: `1990s` and `5m` say something else."""
_LINK = r"(?:\s|-|\u00a0)?"
_LIST = re.compile(
    r"(?:\s*(?:,|and|or|to|[-–—/×~±至到和或]|\+/-)\s*)+"  # noqa: RUF001
    r"(?P<number>[\d.,]*\d|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
)
_MOST = 4  # numbers of a list that share the unit behind the last


def unit_behind(text: str, at: int) -> Unit | None:
    """Return the unit that stands behind position `at`, right behind a number.

    Where another number comes first, as in `5, 10 and 20 ms`, the unit of that counts.
    """
    for _ in range(_MOST):
        found = _units().match(text, at)
        if found:
            return _unit(found["unit"])
        following = _LIST.match(text, at)
        if following is None:
            return None
        at = following.end()
    return None


def dimensions_in(text: str) -> set[str]:
    """List the dimensions whose units stand in a text apart from numbers, as in `Time (ms)`."""
    return {_unit(found["unit"]).dimension for found in _alone().finditer(text)}


def multiplier_behind(text: str, at: int) -> float:
    """Return 1,000,000 where `million` stands behind position `at`, and so on; else 1."""
    found = _multipliers().match(text, at)
    if found is None:
        return 1.0
    return next(size for words, size in _MULTIPLIERS.items() if re.fullmatch(words, found["word"]))


@cache
def _unit(word: str) -> Unit:
    if word in _LETTERS:
        return _LETTERS[word]
    return next(
        Unit(dimension, size)
        for dimension, units in _TABLE.items()
        for words, size in units.items()
        if re.fullmatch(words, word)
    )


@cache
def _units() -> re.Pattern[str]:
    return re.compile(rf"{_LINK}(?P<unit>(?:(?<!\d)(?:s|m)|{_words()}))(?![A-Za-z°])")


@cache
def _alone() -> re.Pattern[str]:
    return re.compile(rf"(?:[(\[] ?|\bin )(?P<unit>s|m|{_words()})(?![A-Za-z°])")


@cache
def _words() -> str:
    return "|".join(words for units in _TABLE.values() for words in units)


@cache
def _multipliers() -> re.Pattern[str]:
    return re.compile(rf"\s*-?(?P<word>{'|'.join(_MULTIPLIERS)})(?![a-z])")
