"""Text from papers and models made safe to stand in a Word document."""

from __future__ import annotations

import re

from r1agent.report.printable import one_line, printable

_NOT_XML = re.compile("[\ufffe\uffff]")  # `printable` leaves no other character that XML forbids


def word_text(text: str) -> str:
    """Write `text` as one line."""
    return _held(one_line(text))


def word_lines(text: str) -> str:
    """Write `text` with its lines and tabs, without empty lines around it."""
    return _held(printable(text)).strip("\n")


def _held(text: str) -> str:
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", text)
