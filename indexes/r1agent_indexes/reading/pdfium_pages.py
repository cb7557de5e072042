"""A PDF -> its lines, labels, outline and hidden text, by pdfium, in the parser's child process."""

import ctypes
import re
from collections.abc import Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

import pypdfium2 as pdfium
import pypdfium2.raw as raw

from r1agent_indexes.reading.pdfium_columns import by_column
from r1agent_indexes.reading.pdfium_hidden import hidden_texts
from r1agent_indexes.reading.pypdf_pages import pypdf_messages

Message = dict[str, Any]
LINE_END_HYPHEN = "\ufffe"  # pdfium puts this where a hyphen and the line break after it were
_NO_TEXT = re.compile("[\ufffd\ufffe\uffff\0\ue000-\uf8ff]")
"""What stands for letters that a font does not name: replacement and private characters."""
_LONGEST_OUTLINE = 2000


def pdf_messages(path: Path) -> Iterator[Message]:
    """Yield `info`, one `page` each, then `end` or `error`; `again` before pages read anew."""
    if path.stat().st_size == 0:
        yield {"kind": "error", "code": "zero bytes"}
        return
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            yield {"kind": "error", "code": "encrypted"}
            return
        yield from _by_pypdf(path)
        return
    with closing(pdf):
        yield from _messages(pdf, path)


def _by_pypdf(path: Path) -> Iterator[Message]:
    """Yield the pages as pypdf reads them, or in words what is wrong with the file."""
    from pypdf.errors import PyPdfError

    try:
        yield from pypdf_messages(path)
    except PyPdfError:
        content = path.read_bytes()
        if b"%PDF-" not in content[:1024]:
            yield {"kind": "error", "code": "no pdf"}
        elif b"%%EOF" not in content[-2048:]:
            yield {"kind": "error", "code": "cut off"}
        else:
            raise


def _messages(pdf: Any, path: Path) -> Iterator[Message]:
    yield {"kind": "info", "metadata": pdf.get_metadata_dict(), "outline": _outline(pdf)}
    letters = garbage = 0
    for number in range(len(pdf)):
        message = _page(pdf, number)
        text = "".join(line[0] for line in message["lines"]) + message["hidden"]
        letters += sum(map(str.isalnum, text))
        garbage += len(_NO_TEXT.findall(text))
        yield message
    if len(pdf) and garbage >= letters:  # nothing, or fonts that pdfium cannot map to letters
        yield from _other_reading(path, letters)
    yield {"kind": "end"}


def _other_reading(path: Path, letters: int) -> Iterator[Message]:
    """Yield the pages as pypdf reads them, if it finds more letters on them."""
    try:
        pages = [message for message in pypdf_messages(path) if message["kind"] == "page"]
    except Exception:  # noqa: BLE001  (it may raise anything; what pdfium read stays)
        return
    text = "".join(line[0] for page in pages for line in page["lines"])
    if sum(map(str.isalnum, text)) > letters:
        yield {"kind": "again"}
        yield from pages


def _outline(pdf: Any) -> list[list[object]]:
    """Return `[page from 1, title]` of the bookmarks, which name the sections."""
    found: list[list[object]] = []
    for bookmark in islice(pdf.get_toc(), _LONGEST_OUTLINE):
        target = bookmark.get_dest()
        page = target.get_index() if target else None
        if page is not None:
            found.append([page + 1, bookmark.get_title()])
    return found


def _page(pdf: Any, number: int) -> Message:
    page = pdf[number]
    text_page = page.get_textpage()
    text, hidden = page_texts(text_page, hidden_texts(page.raw))
    message = {
        "kind": "page",
        "label": pdf.get_page_label(number) or str(number + 1),
        "lines": _lines(text_page, text),
        "images": _has_images(page) if not text.strip("\0\r\n ") else False,
        "hidden": _whole_characters(hidden),
    }
    text_page.close()
    page.close()
    return message


def page_texts(text_page: Any, hidden: set[int]) -> tuple[str, str]:
    """Return one character per pdfium character, NUL where it cannot be seen; and what cannot."""
    count = text_page.count_chars()
    if not hidden:
        text: str = text_page.get_text_range()
        if len(text) == count:
            return text, ""
    characters = [_character(text_page, at) for at in range(count)]
    if not hidden:
        return "".join(characters), ""
    is_hidden = [
        _address(raw.FPDFText_GetTextObject(text_page, at)) in hidden for at in range(count)
    ]
    pairs = list(zip(characters, is_hidden, strict=True))
    seen = "".join("\0" if unseen else character for character, unseen in pairs)
    unseen_text = "".join(character if unseen else "\n" for character, unseen in pairs)
    return seen, "\n".join(line for line in unseen_text.split("\n") if line.strip())


def _character(text_page: Any, at: int) -> str:
    code = raw.FPDFText_GetUnicode(text_page, at)
    return LINE_END_HYPHEN if code == 2 else chr(code)


def _lines(text_page: Any, text: str) -> list[list[object]]:
    """Return `[text, height in points, bold]` for every line."""
    return [
        _line(text_page, text, start, end)
        for start, end in by_column(text_page, text, line_spans(text))
        if text[start:end].strip("\0\r \t") or "\0" not in text[start:end]
    ]


def line_spans(text: str) -> list[tuple[int, int]]:
    """Return where each line of a page's characters starts and ends."""
    spans = []
    start = 0
    for line in text.replace(LINE_END_HYPHEN, "\n").split("\n"):
        spans.append((start, start + len(line)))
        start += len(line) + 1
    return spans


def _line(text_page: Any, text: str, start: int, end: int) -> list[object]:
    line = text[start:end]
    shown = line.rstrip("\r").replace("\0", "")
    first = end - len(line.lstrip("\0 \r\t"))
    height, bold = _font(text_page, first) if shown.strip() else (0.0, False)
    if text[end : end + 1] == LINE_END_HYPHEN:
        shown += "-"
    return [_whole_characters(shown), height, bold]


def _whole_characters(text: str) -> str:
    """Join surrogate pairs, which pdfium hands out as two characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _font(text_page: Any, index: int) -> tuple[float, bool]:
    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    name = ctypes.create_string_buffer(256)
    raw.FPDFText_GetFontInfo(text_page, index, name, 256, None)
    return round(box.top - box.bottom, 1), b"bold" in name.value.lower()


def _has_images(page: Any) -> bool:
    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0
