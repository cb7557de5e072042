"""What a search found, in few words: where passages stand, and how they begin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from r1agent.report.fenced_passages import fenced_passages
from r1agent.report.printable import one_line, shortened
from r1agent.words import counted

_WORDS = 160
"""Characters of the beginning that are kept."""


@dataclass(frozen=True, slots=True)
class Found:
    """A passage that a tool found."""

    title: str
    page: str
    words: str
    """How it begins."""

    def place(self, length: int) -> str:
        """Say where it stands, its title cut to `length` characters."""
        return f"{shortened(self.title, length)} p. {one_line(self.page)}"


def passages_in(text: str) -> tuple[Found, ...]:
    """Return the passages of a tool's text, best first."""
    return tuple(
        Found(one.title, one.page, shortened(one.text, _WORDS)) for one in fenced_passages(text)
    )


def summed_up(found: Sequence[Found]) -> str:
    """Say how many there are, and where the best stands."""
    if not found:
        return ""
    best = found[0].place(30)
    return best if len(found) == 1 else f"{counted(len(found), 'passage')}, first {best}"
