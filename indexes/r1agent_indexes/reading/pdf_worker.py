"""The child process that parses PDFs: JSON lines in, JSON lines out, nothing else imported.

It is started by path with `python -I -B`, so it must not import the rest of the package. A
request is `{"path": …}`; replies are `info`, one `page` each, then `end` or `error`.
"""

import contextlib
import ctypes
import json
import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

Message = dict[str, Any]
LINE_END_HYPHEN = "\ufffe"  # pdfium puts this where a hyphen and the line break after it were
SMALLEST_VISIBLE = 2.0
"""Points; text below this height cannot be read."""


def main() -> None:
    """Answer requests until standard input ends."""
    memory = int(sys.argv[1])
    replies = _claim_stdout()
    _limit(memory)
    for line in sys.stdin:
        for message in _read(json.loads(line)["path"]):
            replies.write(json.dumps(message) + "\n")
            replies.flush()


def _claim_stdout() -> TextIO:
    """Keep the pipe for replies and send whatever libraries print to standard error."""
    replies = os.fdopen(os.dup(1), "w", encoding="ascii")
    os.dup2(2, 1)
    return replies


def _limit(memory: int) -> None:
    """Bound memory, forbid writing files, and die with the parent."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def _read(path: str) -> Iterator[Message]:
    try:
        yield from _read_with_pdfium(path)
    except MemoryError:
        yield {"kind": "error", "code": "memory"}
    except Exception as error:  # noqa: BLE001  (a parser may raise anything on a hostile file)
        yield {"kind": "error", "code": "broken", "detail": f"{type(error).__name__}: {error}"}


def _read_with_pdfium(path: str) -> Iterator[Message]:
    import pypdfium2 as pdfium
    import pypdfium2.raw as raw

    if Path(path).stat().st_size == 0:
        yield {"kind": "error", "code": "zero bytes"}
        return
    try:
        pdf = pdfium.PdfDocument(path)
    except pdfium.PdfiumError as error:
        if raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower():
            yield {"kind": "error", "code": "encrypted"}
            return
        yield from _read_with_pypdf(path)
        return
    with contextlib.closing(pdf):
        yield {"kind": "info", "metadata": pdf.get_metadata_dict(), "pages": len(pdf)}
        for number in range(len(pdf)):
            yield _page(pdf, number)
        yield {"kind": "end"}


def _page(pdf: Any, number: int) -> Message:
    page = pdf[number]
    text_page = page.get_textpage()
    hidden = _hidden_objects(page)
    text = _visible_text(text_page, hidden)
    message = {
        "kind": "page",
        "label": pdf.get_page_label(number) or str(number + 1),
        "lines": _lines(text_page, text),
        "images": _has_images(page) if not text.strip() else False,
        "hidden": len(hidden),
    }
    text_page.close()
    page.close()
    return message


def _visible_text(text_page: Any, hidden: set[int]) -> str:
    """Return one character per pdfium character, NUL where it cannot be seen."""
    import pypdfium2.raw as raw

    if not hidden:
        text: str = text_page.get_text_range()
        if len(text) == text_page.count_chars():
            return text
    return "".join(
        "\0"
        if hidden and _address(raw.FPDFText_GetTextObject(text_page, index)) in hidden
        else LINE_END_HYPHEN
        if (code := raw.FPDFText_GetUnicode(text_page, index)) == 2
        else chr(code)
        for index in range(text_page.count_chars())
    )


def _lines(text_page: Any, text: str) -> list[list[object]]:
    """Return `[text, height in points, bold]` for every line."""
    lines: list[list[object]] = []
    start = 0
    for line in text.replace(LINE_END_HYPHEN, "\n").split("\n"):
        end = start + len(line)
        shown = line.rstrip("\r").replace("\0", "")
        first = start + len(line) - len(line.lstrip("\0 \r\t"))
        height, bold = _font(text_page, first) if shown.strip() else (0.0, False)
        if text[end : end + 1] == LINE_END_HYPHEN:
            shown += "-"
        if shown.strip() or "\0" not in line:
            lines.append([_whole_characters(shown), height, bold])
        start = end + 1
    return lines


def _whole_characters(text: str) -> str:
    """Join surrogate pairs, which pdfium hands out as two characters."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _font(text_page: Any, index: int) -> tuple[float, bool]:
    import pypdfium2.raw as raw

    box = raw.FS_RECTF()
    raw.FPDFText_GetLooseCharBox(text_page, index, box)
    name = ctypes.create_string_buffer(256)
    raw.FPDFText_GetFontInfo(text_page, index, name, 256, None)
    return round(box.top - box.bottom, 1), b"bold" in name.value.lower()


def _has_images(page: Any) -> bool:
    import pypdfium2.raw as raw

    return any(True for _ in page.get_objects(filter=[raw.FPDF_PAGEOBJ_IMAGE]))


def _hidden_objects(page: Any) -> set[int]:
    """Return the addresses of text objects that a reader of the page cannot see."""
    import pypdfium2.raw as raw

    texts = list(page.get_objects(filter=[raw.FPDF_PAGEOBJ_TEXT]))
    suspects = [text for text in texts if _is_hidden(text, page.get_bbox())]
    pale = [text for text in texts if _is_white(text)]
    if not suspects and not pale:
        return set()
    backgrounds = [_bounds(shape) for shape in page.get_objects() if _is_background(shape)]
    suspects += [text for text in pale if not any(_inside(text, box) for box in backgrounds)]
    return {_address(text.raw) for text in suspects}


def _is_hidden(text: Any, page_box: tuple[float, float, float, float]) -> bool:
    import pypdfium2.raw as raw

    if text.level > 0:  # bounds of nested objects are in the coordinates of their form
        return False
    left, bottom, right, top = _bounds(text)
    outside = right < page_box[0] or left > page_box[2] or top < page_box[1] or bottom > page_box[3]
    return outside or (
        raw.FPDFTextObj_GetTextRenderMode(text.raw) != raw.FPDF_TEXTRENDERMODE_INVISIBLE
        and 0 < _font_height(text) < SMALLEST_VISIBLE
    )


def _font_height(text: Any) -> float:
    import pypdfium2.raw as raw

    size = ctypes.c_float()
    raw.FPDFTextObj_GetFontSize(text.raw, size)
    _, b, _, d, _, _ = text.get_matrix().get()
    _, across, _, _, _, _ = text.get_matrix().get()
    return float(abs(size.value) * max(abs(d), abs(b), abs(across)))


def _is_white(text: Any) -> bool:
    import pypdfium2.raw as raw

    if text.level > 0:
        return False
    invisible = raw.FPDFTextObj_GetTextRenderMode(text.raw) == raw.FPDF_TEXTRENDERMODE_INVISIBLE
    return invisible or _fill(text) in ("white", "transparent")


def _is_background(shape: Any) -> bool:
    """Tell whether white text is readable, or recognised text belongs, on top of this object."""
    import pypdfium2.raw as raw

    if shape.type in (raw.FPDF_PAGEOBJ_IMAGE, raw.FPDF_PAGEOBJ_SHADING, raw.FPDF_PAGEOBJ_FORM):
        return True
    return bool(shape.type == raw.FPDF_PAGEOBJ_PATH and _fill(shape) == "colour")


def _fill(thing: Any) -> str:
    import pypdfium2.raw as raw

    channels = [ctypes.c_uint() for _ in range(4)]
    if not raw.FPDFPageObj_GetFillColor(thing.raw, *channels):
        return "none"
    red, green, blue, alpha = (channel.value for channel in channels)
    if alpha == 0:
        return "transparent"
    return "white" if min(red, green, blue) >= 250 else "colour"


def _inside(text: Any, box: tuple[float, float, float, float]) -> bool:
    left, bottom, right, top = _bounds(text)
    across, up = (left + right) / 2, (bottom + top) / 2
    return box[0] <= across <= box[2] and box[1] <= up <= box[3]


def _bounds(thing: Any) -> tuple[float, float, float, float]:
    left, bottom, right, top = thing.get_bounds()
    return left, bottom, right, top


def _address(pointer: Any) -> int:
    return ctypes.cast(pointer, ctypes.c_void_p).value or 0


def _read_with_pypdf(path: str) -> Iterator[Message]:
    """Read what pdfium will not open; slower and without font sizes."""
    from pypdf import PdfReader

    reader = PdfReader(path)
    if reader.is_encrypted and not reader.decrypt(""):
        yield {"kind": "error", "code": "encrypted"}
        return
    metadata = {str(key).lstrip("/"): str(value) for key, value in (reader.metadata or {}).items()}
    yield {"kind": "info", "metadata": metadata, "pages": len(reader.pages)}
    for page, label in zip(reader.pages, reader.page_labels, strict=True):
        lines = [[_whole_characters(line), 0.0, False] for line in page.extract_text().split("\n")]
        yield {"kind": "page", "label": label, "lines": lines, "images": False, "hidden": 0}
    yield {"kind": "end"}


if __name__ == "__main__":
    main()
