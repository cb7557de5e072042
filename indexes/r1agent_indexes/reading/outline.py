"""The bookmarks of a PDF -> which of its lines are section titles."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import replace

from r1agent_indexes.reading.normalise import Line

_LONGEST = 3
"""Lines that one title may run over."""
_NUMBER = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*|[A-Z](?:\.\d+)*|[IVX]+)\.?\s+(?=\S)")


def with_outline(
    pages: Sequence[list[Line]], outline: Sequence[tuple[int, str]]
) -> list[list[Line]]:
    """Return the pages with the lines marked that a bookmark of `(page, title)` names."""
    marked = [list(lines) for lines in pages]
    for number, title in outline:
        for page in (number - 1, number):  # a bookmark may point to the foot of the page before
            if 0 <= page < len(marked) and _mark(marked[page], title):
                break
    return marked


def _mark(lines: list[Line], title: str) -> bool:
    """Mark the first run of lines that reads like the title."""
    wanted = _squash(title)
    if len(wanted) < 2:
        return False
    for start, line in enumerate(lines):
        if line.role or not line.text.strip():
            continue
        for end in range(start + 1, min(start + _LONGEST, len(lines)) + 1):
            found = " ".join(each.text for each in lines[start:end])
            if wanted in (_squash(found), _squash(_NUMBER.sub("", found.strip()))):
                lines[start] = replace(line, role="heading")
                for at in range(start + 1, end):
                    lines[at] = replace(lines[at], role="continued")
                return True
    return False


def _squash(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())
