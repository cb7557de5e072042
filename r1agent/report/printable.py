"""Make text from papers, models and file names safe to print."""

from __future__ import annotations

import unicodedata

_JOINERS = "\u200c\u200d"  # Persian, Indic scripts and emoji need them


def printable(text: str) -> str:
    """Strip what could steer a terminal or hide text: control, direction and broken characters.

    Line breaks and tabs stay.
    """
    return "".join(_shown(character) for character in text.replace("\r\n", "\n"))


def one_line(text: str) -> str:
    """Make `text` printable and join its lines with single spaces."""
    return " ".join(printable(text).split())


def shortened(text: str, length: int) -> str:
    """Make `text` one printable line of at most `length` characters, cut with an ellipsis."""
    line = one_line(text)
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _shown(character: str) -> str:
    if character in "\n\t" or character in _JOINERS:
        return character
    category = unicodedata.category(character)
    if category == "Cs":
        return "\N{REPLACEMENT CHARACTER}"
    if category in ("Cc", "Cf", "Zl", "Zp"):
        return " " if character.isspace() else ""
    return character
