"""An invisible mark in exported text that names the run it came from.

A mark is the run's id and its checksum in zero-width characters, two bits each. It survives copying
and any program that keeps such characters; a program that drops them drops the mark with them.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Iterator

_DIGITS = "\u200b\u200c\u200d\u2060"  # two bits each
_BEGIN, _END = "\u2062", "\u2064"
_MARK = re.compile(f"{_BEGIN}([{_DIGITS}]*){_END}")
_LEFT_ALONE = re.compile(r"\s*>|\s*\||\s*[-=*_~`]{3,}\s*$|\s*#|(?: {4}|\t)(?!\s*[-*\d])")
_QUOTED = re.compile(r"“[^”]*”|\"[^\"]*\"|「[^」]*」|`[^`]*`|\]\([^)]*\)|https?://\S+|\$[^$]*\$")
_CHECKSUM = 3  # bytes


def embed_mark(text: str, run: str, *, keep: Iterable[str] = ()) -> str:
    """Return `text` with the mark of a run in every paragraph of prose.

    A mark stands after the first word and at the end, never inside quotation marks, block quotes,
    code, tables, headings and links. Taking all marks out gives `text` again.

    Args:
        text: Plain text or Markdown.
        run: Id of the run.
        keep: Texts, such as quotes, inside which no mark may stand.
    """
    mark = _encoded(run)
    kept = [one for one in keep if one.strip()]
    held = [span for one in kept for span in _spans(one, text)]
    places = [place for line in _prose_lines(text) for place in _places(text, *line, held)]
    for place in sorted(set(places), reverse=True):
        text = f"{text[:place]}{mark}{text[place:]}"
    return text


def find_marks(text: str) -> list[str]:
    """Return the run ids of all marks in a text, in order; damaged marks are passed over."""
    decoded = (_decoded(found[1]) for found in _MARK.finditer(text))
    return [run for run in decoded if run]


def strip_marks(text: str) -> str:
    """Return a text without its marks; other invisible characters stay."""
    return _MARK.sub("", text)


def _encoded(run: str) -> str:
    raw = run.encode()
    data = zlib.crc32(raw).to_bytes(4)[:_CHECKSUM] + raw
    digits = (_DIGITS[byte >> shift & 3] for byte in data for shift in (6, 4, 2, 0))
    return f"{_BEGIN}{''.join(digits)}{_END}"


def _decoded(digits: str) -> str:
    if len(digits) % 4:
        return ""
    values = [_DIGITS.index(digit) for digit in digits]
    data = bytes(
        values[i] << 6 | values[i + 1] << 4 | values[i + 2] << 2 | values[i + 3]
        for i in range(0, len(values), 4)
    )
    checksum, raw = data[:_CHECKSUM], data[_CHECKSUM:]
    if zlib.crc32(raw).to_bytes(4)[:_CHECKSUM] != checksum:
        return ""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return ""


def _prose_lines(text: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of lines that are prose, outside of code fences."""
    start, fence = 0, ""
    for line in text.splitlines(keepends=True):
        stripped = line.strip()
        opened = re.match(r"`{3,}|~{3,}", stripped)
        if fence:
            fence = "" if stripped.startswith(fence) and not stripped.strip("`~") else fence
        elif opened:
            fence = opened[0]
        elif stripped and not _LEFT_ALONE.match(line):
            yield start, start + len(line.rstrip())
        start += len(line)


def _places(text: str, start: int, end: int, held: list[tuple[int, int]]) -> list[int]:
    """Return where marks may stand on a line: after its first word, and at its end."""
    quoted = [(start + one.start(), start + one.end()) for one in _QUOTED.finditer(text[start:end])]
    gaps = [start + one.start() for one in re.finditer(r"(?<=\w) (?=\w)", text[start:end])]
    free = [place for place in [*gaps, end] if not _inside(place, [*held, *quoted])]
    return [free[0], free[-1]] if free else []


def _inside(place: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(start < place < end for start, end in spans)


def _spans(part: str, text: str) -> Iterator[tuple[int, int]]:
    for found in re.finditer(re.escape(part), text):
        yield found.span()
