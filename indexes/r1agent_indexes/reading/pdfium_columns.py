"""Two columns whose lines were written in turns -> one column after the other.

pdfium keeps the order in which a page was written, which is right for nearly all papers. Some
programs write row by row across both columns; then a line holds a piece of either. Such lines
have a gap at the same place, and text of about the same width on both sides of it, which the rows
of a table have not. Runs in the parser's child process.
"""

import ctypes
from collections.abc import Sequence
from typing import Any

import pypdfium2.raw as raw

Span = tuple[int, int]
_FEWEST = 6
"""Lines in turns that make columns."""
_NARROWEST = 25
"""Characters on either side, at the median; cells of tables are shorter."""
_GAP = 8.0
"""Points between the columns, at least."""
_SAME = 3.0
"""Points by which the right column's lines may begin apart."""


def by_column(text_page: Any, text: str, lines: Sequence[Span]) -> list[Span]:
    """Return the lines as spans of the page's characters, each run of split lines by column."""
    if not any(_is_wide(text_page, text, line) for line in lines[:: _FEWEST // 2]):
        return list(lines)  # a look at every third line, since looking takes time
    splits = [_split(text_page, text, line) for line in lines]
    ordered: list[Span] = []
    at = 0
    while at < len(lines):
        end = _run_end(splits, at)
        run = list(zip(lines[at:end], splits[at:end], strict=True))
        if _are_columns(run):
            ordered += [(line[0], split[0]) for line, split in run if split]
            ordered += [(split[0] + 1, line[1]) for line, split in run if split]
        else:
            end = max(end, at + 1)
            ordered += lines[at:end]
        at = end
    return ordered


def _is_wide(text_page: Any, text: str, line: Span) -> bool:
    """Tell whether there is text of some width on both sides of a gap."""
    split = _split(text_page, text, line)
    return split is not None and min(split[0] - line[0], line[1] - split[0]) >= _NARROWEST


def _run_end(splits: Sequence[tuple[int, float] | None], start: int) -> int:
    """Return where the lines end that are split at the same place as the first of them."""
    end = start
    first = splits[start]
    while end < len(splits) and first is not None:
        split = splits[end]
        if split is None or abs(split[1] - first[1]) > _SAME:
            break
        end += 1
    return end


def _are_columns(run: Sequence[tuple[Span, tuple[int, float] | None]]) -> bool:
    lefts = sorted(split[0] - line[0] for line, split in run if split)
    rights = sorted(line[1] - split[0] for line, split in run if split)
    middle = len(run) // 2
    return len(run) >= _FEWEST and min(lefts[middle], rights[middle]) >= _NARROWEST


def _split(text_page: Any, text: str, line: Span) -> tuple[int, float] | None:
    """Return the space at the widest gap of a line and where the text after it begins."""
    if line[1] - line[0] < 2 * _NARROWEST:
        return None
    widest: tuple[float, int, float] = (_GAP, -1, 0.0)
    edges = [ctypes.c_double() for _ in range(4)]  # left, right, bottom, top
    at = text.find(" ", line[0] + 1, line[1] - 1)
    while at >= 0:
        raw.FPDFText_GetCharBox(text_page, at - 1, *edges)
        before = edges[1].value
        raw.FPDFText_GetCharBox(text_page, at + 1, *edges)
        if edges[0].value - before > widest[0]:
            widest = (edges[0].value - before, at, edges[0].value)
        at = text.find(" ", at + 1, line[1] - 1)
    return (widest[1], widest[2]) if widest[1] >= 0 else None
