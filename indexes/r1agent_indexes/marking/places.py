"""Where a quote stands on a page: the characters of the page with their boxes -> rectangles."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

Box = tuple[float, float, float, float]
"""Left, bottom, right, top in points, as PDF counts them."""

_SAME_AS = dict.fromkeys("‘’‚´`", "'") | dict.fromkeys("“”„«»", '"')  # noqa: RUF001


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character as it is painted."""

    text: str
    line: int
    """Number of its line, in the order of reading."""
    box: Box


def folded(text: str) -> str:
    """Return the letters that a text and its page share, however either breaks its lines.

    White space, hyphens and dashes, accents and what is not seen are left out.
    """
    return "".join(map(_folded, text))


def boxes_of(quote: str, glyphs: Sequence[Glyph], *, before: int = 0) -> list[Box]:
    """Return one rectangle a line for a quote; none where the page has not its letters.

    Args:
        quote: What to find.
        glyphs: The characters of the page, in the order of reading.
        before: Folded letters of the page before the quote; of several places the nearest is
            taken.
    """
    wanted = folded(quote)
    letters = [(letter, at) for at, one in enumerate(glyphs) for letter in _folded(one.text)]
    starts = list(_occurrences(wanted, "".join(letter for letter, _ in letters)))
    if not starts:
        return []
    start = min(starts, key=lambda place: abs(place - before))
    first, last = letters[start][1], letters[start + len(wanted) - 1][1]
    lines = groupby(glyphs[first : last + 1], key=lambda glyph: glyph.line)
    found = [_around(glyph.box for glyph in line if _folded(glyph.text)) for _, line in lines]
    return [box for box in found if box is not None]


def _occurrences(wanted: str, text: str) -> Iterable[int]:
    at = text.find(wanted) if wanted else -1
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _around(boxes: Iterable[Box]) -> Box | None:
    """Return the rectangle of a line; its height is the usual one, as symbols may be huge."""
    seen = [box for box in boxes if box[2] > box[0] and box[3] > box[1]]
    if not seen:
        return None
    left, right = min(box[0] for box in seen), max(box[2] for box in seen)
    return left, median(box[1] for box in seen), right, median(box[3] for box in seen)


def _folded(character: str) -> str:
    if ord(character[0]) > 0xFFFF:  # which pdfium gives in two halves
        return ""
    plain = _SAME_AS.get(character) or unicodedata.normalize("NFKD", character).casefold()
    return "".join(letter for letter in plain if _is_kept(letter))


def _is_kept(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] not in "CZM" and category != "Pd" and letter != "−"  # noqa: RUF001
