"""What is to be marked in a PDF, and what came of it."""

from dataclasses import dataclass
from typing import Literal

Colour = Literal["yellow", "red", "blue"]


@dataclass(frozen=True, slots=True)
class Mark:
    """A quote on a page, and what is noted beside it."""

    page: int
    """From 1."""
    quote: str
    """As the text of the page has it."""
    comment: str
    before: int = 0
    """Letters of the page before the quote, as `folded` counts them; tells repeats apart."""
    colour: Colour = "yellow"


@dataclass(frozen=True, slots=True)
class MarkedPdf:
    """A copy of a PDF with its marks."""

    content: bytes
    """Begins with the PDF as it was, to which the marks are appended."""
    placed: tuple[bool, ...]
    """For each mark whether it lies over its quote; else it is a note at the top of its page."""
