"""What stands around a word: how alike the surroundings of two places in two texts are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from r1agent.words import content_words

_PIECE = re.compile(r"[\u3400-\u9fff]|[^\W_\u3400-\u9fff]+(?:[.,'’-][^\W_\u3400-\u9fff]+)*|[%°]")  # noqa: RUF001
_NEAR = 6  # pieces on each side
_LINKING = 0.5  # what a word without meaning of its own counts


@dataclass(frozen=True, slots=True)
class Piece:
    """A word, a number or a Chinese character, and where it begins."""

    text: str
    stem: str
    start: int
    is_content: bool


def pieces_of(text: str) -> list[Piece]:
    """Read a text piece by piece."""
    return [_piece(found) for found in _PIECE.finditer(text)]


def at(pieces: Sequence[Piece], start: int) -> int:
    """Return which piece covers character `start`."""
    return max((n for n, one in enumerate(pieces) if one.start <= start), default=0)


def likeness(ours: Sequence[Piece], here: int, theirs: Sequence[Piece], there: int) -> float:
    """Return how alike two places are: 0 where nothing around them is the same.

    A word counts less the further off it stands on either side, and twice where it stands on the
    same side of both. Numbers do not count.
    """
    around = _around(theirs, there)
    total = 0.0
    for stem, (offset, weight) in _around(ours, here).items():
        if stem in around:
            other, other_weight = around[stem]
            same_side = 2.0 if (offset < 0) == (other < 0) else 1.0
            total += same_side * min(weight, other_weight) / max(abs(offset), abs(other))
    return total


def _around(pieces: Sequence[Piece], place: int) -> dict[str, tuple[int, float]]:
    """Weigh the words near a place, each by its nearest occurrence."""
    found: dict[str, tuple[int, float]] = {}
    for distance in range(1, _NEAR + 1):
        for other in (place - distance, place + distance):
            if not 0 <= other < len(pieces) or pieces[other].stem[0].isdigit():
                continue
            weight = 1.0 if pieces[other].is_content else _LINKING
            found.setdefault(pieces[other].stem, (other - place, weight))
    return found


def _piece(found: re.Match[str]) -> Piece:
    stems = content_words(found[0])
    stem = stems[0] if len(stems) == 1 else found[0].lower()
    return Piece(found[0], stem, found.start(), bool(stems))
