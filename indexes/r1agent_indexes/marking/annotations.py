"""Marks as annotations that are appended to a PDF. Runs in the parser's child process."""

from base64 import b64encode
from collections.abc import Iterator, Sequence
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import pypdfium2 as pdfium
from pypdf import PdfWriter
from pypdf.annotations import Highlight, MarkupAnnotation, Text
from pypdf.constants import AnnotationFlag
from pypdf.generic import ArrayObject, FloatObject, NameObject, TextStringObject

from r1agent_indexes.marking.glyphs import glyphs_of
from r1agent_indexes.marking.places import Box, Glyph, boxes_of

Message = dict[str, Any]
_COLOURS: Final = {"yellow": "ffd400", "red": "ff6666", "blue": "2ea8e5"}
"""Those of Zotero's reader."""
_NOTE = 20.0
"""Points: the side of a note, and its distance to the next."""


def marked_messages(path: Path, marks: Sequence[Message]) -> Iterator[Message]:
    """Yield `marked` with what is to be appended to the file, then `end`, or `error`."""
    data = path.read_bytes()
    with closing(pdfium.PdfDocument(data)) as pdf:
        boxes = _places(pdf, marks)
    try:
        whole = _written(data, marks, boxes)
    except NotImplementedError:  # of pypdf, for a PDF with a password or with limits
        yield {"kind": "error", "code": "encrypted"}
        return
    _require_marks(whole, marks)
    yield {
        "kind": "marked",
        "size": len(data),
        "placed": [bool(each) for each in boxes],
        "appended": b64encode(whole[len(data) :]).decode("ascii"),
    }
    yield {"kind": "end"}


def _places(pdf: Any, marks: Sequence[Message]) -> list[list[Box]]:
    """Return the rectangles of each mark, none where its quote is not found."""
    pages: dict[int, list[Glyph]] = {}
    for number in sorted({mark["page"] for mark in marks}):
        with closing(pdf[number - 1]) as page:
            pages[number] = glyphs_of(page)
    return [boxes_of(mark["quote"], pages[mark["page"]], before=mark["before"]) for mark in marks]


def _written(data: bytes, marks: Sequence[Message], boxes: Sequence[list[Box]]) -> bytes:
    """Return the PDF with its marks behind all that it had."""
    writer = PdfWriter(BytesIO(data), incremental=True)
    notes: dict[int, int] = {}
    for mark, places in zip(marks, boxes, strict=True):
        page = writer.pages[mark["page"] - 1]
        annotation = _highlight(mark, places) if places else None
        if annotation is None:
            annotation = _note(mark, page.cropbox, notes.get(mark["page"], 0))
            notes[mark["page"]] = notes.get(mark["page"], 0) + 1
        annotation[NameObject("/Type")] = NameObject("/Annot")
        annotation[NameObject("/NM")] = TextStringObject(mark["name"])
        annotation[NameObject("/M")] = TextStringObject(mark["date"])
        annotation.flags = AnnotationFlag.PRINT
        writer.add_annotation(page, annotation)
    whole = BytesIO()
    writer.write(whole)
    content = whole.getvalue()
    if not content.startswith(data):
        raise ValueError("what was there would not be kept byte for byte")
    return content


def _highlight(mark: Message, boxes: Sequence[Box]) -> MarkupAnnotation:
    corners = [
        FloatObject(round(value, 3))
        for left, bottom, right, top in boxes
        for value in (left, top, right, top, left, bottom, right, bottom)
    ]
    around = (
        *(min(box[0] for box in boxes), min(box[1] for box in boxes)),
        *(max(box[2] for box in boxes), max(box[3] for box in boxes)),
    )
    highlight = Highlight(
        rect=around,
        quad_points=ArrayObject(corners),
        highlight_color=_COLOURS[mark["colour"]],
        title_bar=mark["author"],
    )
    highlight[NameObject("/Contents")] = TextStringObject(mark["comment"])
    return highlight


def _note(mark: Message, page: Any, number: int) -> MarkupAnnotation:
    """Return a note at the top of a page, beside those that are there."""
    left = float(page.left) + _NOTE / 2 + number * 1.5 * _NOTE
    top = float(page.top) - _NOTE / 2
    return Text(
        rect=(left, top - _NOTE, left + _NOTE, top),
        text=f"{mark['comment']}\n\n“{mark['quote']}”",
        title_bar=mark["author"],
    )


def _require_marks(content: bytes, marks: Sequence[Message]) -> None:
    """Make sure that a reader of the copy finds every mark."""
    from pypdfium2 import raw

    with closing(pdfium.PdfDocument(content)) as pdf:
        for number in {mark["page"] for mark in marks}:
            with closing(pdf[number - 1]) as page:
                wanted = sum(mark["page"] == number for mark in marks)
                if raw.FPDFPage_GetAnnotCount(page.raw) < wanted:
                    raise ValueError(f"the marks of page {number} cannot be read back")
