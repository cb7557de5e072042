"""What a value should have been, in a person's words: pydantic's message, put otherwise."""

from __future__ import annotations

import re

_REWORDED = (
    (r"^(?:Value error, |Input should be )", ""),
    (r", unable to (?:parse|interpret) .*$", ""),
    (r"^a valid integer$", "a whole number"),
    (r"^a valid integer, got a number with a fractional part$", "a whole number"),
    (r"^a valid number$", "a number"),
    (r"^a valid boolean$", "`true` or `false`"),
    (r"^a valid string$", "text"),
    (r"^Input is not a valid path for .*$", "a path"),
    (r"^greater than or equal to (\S+)$", r"\1 or more"),
    (r"^greater than (\S+)$", r"more than \1"),
    (r"^less than or equal to (\S+)$", r"\1 or less"),
    (r"^less than (\S+)$", r"less than \1"),
)


def wanted_value(message: str) -> str:
    """Return what `message` of pydantic says was wanted: `a whole number`, `1 or more`."""
    for pattern, words in _REWORDED:
        message = re.sub(pattern, words, message)
    return message
