"""A page of a PDF -> its characters with their boxes. Runs in the parser's child process."""

import ctypes
from contextlib import closing
from typing import Any

import pypdfium2.raw as raw

from r1agent_indexes.marking.places import Box, Glyph
from r1agent_indexes.reading.pdfium_columns import by_column
from r1agent_indexes.reading.pdfium_hidden import hidden_texts
from r1agent_indexes.reading.pdfium_pages import line_spans, page_texts


def glyphs_of(page: Any) -> list[Glyph]:
    """Return what a reader of a page sees, in the order in which the index reads it."""
    with closing(page.get_textpage()) as text_page:
        text, _ = page_texts(text_page, hidden_texts(page.raw))
        lines = by_column(text_page, text, line_spans(text))
        return [
            Glyph(text[at], number, _box(text_page, at))
            for number, (start, end) in enumerate(lines)
            for at in range(start, end)
            if text[at] not in "\0\r\n "
        ]


def _box(text_page: Any, at: int) -> Box:
    """Return the box of a character as high as its line, or around its ink where that is none."""
    loose = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, at, loose)
    if loose.top > loose.bottom and loose.right > loose.left:
        return loose.left, loose.bottom, loose.right, loose.top
    edges = [ctypes.c_double() for _ in range(4)]
    raw.FPDFText_GetCharBox(text_page, at, *edges)
    left, right, bottom, top = (edge.value for edge in edges)
    return left, bottom, right, top
