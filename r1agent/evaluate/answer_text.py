"""Whether a text says what is asked for: one of several wordings, or a number."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

_GROUPED = re.compile(r"(?<=\d)[,'](?=\d{3}(?!\d))")
_DASHES = re.compile(r"[-\u2010-\u2015\u2212/]")
_EMPHASIS = str.maketrans("", "", "*`_")
_SHORT = 3
"""Letters up to which a word must end where the wording ends: `not` is not in `notable`."""
_NUMBER = re.compile(
    r"(?<![A-Za-z0-9_.])(?:\d{1,3}(?:[, ]\d{3})+(?!\d)|\d+)(?:\.\d+)?"
    r"|(?<![A-Za-z0-9_.])\.\d+"
)
_ROUNDING = 1e-9


def says_one_of(text: str, wordings: Iterable[str]) -> bool:
    """Tell whether one of some wordings stands in a text.

    Case, dashes and slashes, emphasis of Markdown, and commas within numbers make no difference. A
    wording begins where a word begins, and may end inside of one (`replicat` is in `replicated`)
    unless it is of three letters or fewer; a number is never a part of a longer one.
    """
    folded = _folded(text)
    return any(_stands_in(folded, _folded(wording)) for wording in wordings)


def states_number(text: str, value: float, tolerance: float) -> bool:
    """Tell whether a number within a tolerance of `value` stands in a text, whatever its sign."""
    near = (abs(number - abs(value)) <= tolerance + _ROUNDING for number in magnitudes(text))
    return any(near)


def magnitudes(text: str) -> Iterator[float]:
    """Yield the numbers of a text without their signs.

    Of digits in groups of three with spaces between them, both the whole and each group is
    yielded: nobody can tell `1 000` from two numbers.
    """
    for found in _NUMBER.findall(unicodedata.normalize("NFKC", text)):
        plain = found.replace(",", "")
        yield float(plain.replace(" ", ""))
        if " " in plain:
            yield from map(float, plain.split(" "))


def _folded(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).lower()
    folded = _GROUPED.sub("", folded).replace("\u2019", "'").replace("\u2018", "'")
    if "*" in folded or "`" in folded:  # an underscore alone may be of a name
        folded = folded.translate(_EMPHASIS)
    return " ".join(_DASHES.sub(" ", folded).split())


def _stands_in(text: str, wording: str) -> bool:
    if not wording:
        return False
    pattern = f"{_before(wording)}{re.escape(wording)}{_after(wording)}"
    return re.search(pattern, text) is not None


def _before(wording: str) -> str:
    """Return what must not stand before it; `n't` begins inside of a word."""
    first = wording[0]
    begins_word = first.isascii() and first.isalnum() and not wording.startswith("n't")
    letters = "(?<![a-z0-9])" if begins_word else ""
    return letters + (r"(?<!\d[.,])" if first.isdigit() else "")


def _after(wording: str) -> str:
    """Return what must not follow it."""
    last = wording[-1]
    if last.isdigit():
        return r"(?![.,]?\d)"
    is_short = last.isascii() and last.isalpha() and len(wording) <= _SHORT
    return "(?![a-z0-9])" if is_short else ""
