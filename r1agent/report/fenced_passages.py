"""The passages in what a search gave back, by the fences that their text cannot forge."""

from __future__ import annotations

import re
from dataclasses import dataclass

_FENCED = re.compile(
    r'<(passage|page) id="[^"]*" title="([^"]*)" page="([^"]*)">\n(.*?)\n</\1>', re.DOTALL
)


@dataclass(frozen=True, slots=True)
class FencedPassage:
    """A passage, or a page, as the model was shown it."""

    title: str
    page: str
    text: str


def fenced_passages(outcome: str) -> list[FencedPassage]:
    """Return the passages in a tool's outcome, in order; none where it is something else."""
    return [FencedPassage(found[2], found[3], found[4]) for found in _FENCED.finditer(outcome)]
