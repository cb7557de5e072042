"""What the lines of a paper are: running heads, section titles, references, body."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from r1agent_indexes.reading.normalise import Line

_EDGE_LINES = 4
_LONGEST_EDGE = 160
"""Characters; a longer line at the edge of a page is text."""
_KNOWN = (
    "abstract|summary|introduction|background|related work|methods?|materials and methods|results|"
    "discussion|results and discussion|conclusions?|limitations|acknowledge?ments?|"
    "statement of need|摘\\s*要|引\\s*言|结\\s*论|方法|结果|讨论|背景"
)
_NUMBER = r"(?:\d+(?:\.\d+)*\.?|[IVX]+\.|[A-Z]\.|[一二三四五六七八九十]+、)\s*"
_KNOWN_HEADING = re.compile(rf"(?:{_NUMBER})?(?:{_KNOWN})\s*:?", re.IGNORECASE)
_REFERENCES = re.compile(
    rf"(?:{_NUMBER})?(?:references(?: and notes)?|bibliography|literature cited|works cited|"
    r"参\s*考\s*文\s*献)\s*:?",
    re.IGNORECASE,
)
_AFTER_REFERENCES = re.compile(
    r"(?:[A-Z]\.?\s+)?(?:appendi(?:x|ces)|supplement|supporting|acknowledge?ments?|附\s*录)|"
    r"[A-Z](?:\.\d+)*\.?\s+[A-Z]",
    re.IGNORECASE,
)
_NUMBERED = re.compile(rf"{_NUMBER}(?=[^\W\d_]{{2}})")
_CAPTION = re.compile(r"(?:fig(?:ure)?|table|algorithm|listing)s?\b\.?\s*\d|图|表", re.IGNORECASE)
_NOT_IN_TITLES = re.compile(r"[^\W\d_]\d|[@=<>{}|*†‡¶]|//| [\u2014\u2013] ")
"""Superscripts of authors, code, addresses and run-in titles that go on as a sentence."""
_MARKDOWN = re.compile(r"#{1,6}\s+(.+?)\s*#*")


_OUTLINE = 3
"""Titles that the file itself must name before its other lines are not guessed at."""
_PAGE_NUMBER = re.compile(
    r"\s*(?:[-\u2013\u2014]\s*)?(?:\d{1,4}|[ivxlc]{1,7})(?:\s*[-\u2013\u2014])?\s*"
)


@dataclass(frozen=True, slots=True)
class _Look:
    """How a paper is set."""

    body: float
    """Height in which most characters are set."""
    title: float
    """Height of the largest print of the first page, infinite where it does not stand out."""
    outlined: bool
    """Whether the file names its section titles itself."""


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What the lines of one page are, by line number."""

    furniture: set[int] = field(default_factory=set)
    """Running heads, running feet and page numbers."""
    headings: dict[int, str] = field(default_factory=dict)
    """Section titles by the number of their first line."""
    heading_lines: set[int] = field(default_factory=set)
    references: set[int] = field(default_factory=set)
    """Lines that the file itself gives as references."""
    certain: set[int] = field(default_factory=set)
    """Section titles that the file itself names."""


def layout(pages: Sequence[Sequence[Line]]) -> list[PageLayout]:
    """Tell for every page which lines are running heads and which are section titles."""
    repeated = _repeated_edges(pages)
    look = _look(pages)
    found = []
    for number, lines in enumerate(pages):
        furniture = {at for at in _edges(lines) if _key(lines[at]) in repeated}
        edges = _edges(lines)
        ends = {*edges[:1], *edges[-1:]}
        furniture |= {at for at in ends if _PAGE_NUMBER.fullmatch(lines[at].text)}
        limit = look.title if number == 0 else float("inf")
        found.append(_with_headings(lines, furniture, look, limit))
    return [_without_front_matter(found[0], pages[0]) if look.body else found[0], *found[1:]]


def is_references(heading: str) -> bool:
    """Tell whether a section title begins the list of references."""
    return _REFERENCES.fullmatch(heading) is not None


def ends_references(heading: str) -> bool:
    """Tell whether a section title after the references begins text again."""
    return _AFTER_REFERENCES.match(heading) is not None


def _repeated_edges(pages: Sequence[Sequence[Line]]) -> set[str]:
    """Return the lines that stand at the edges of several pages, with `#` for numbers.

    The two outermost lines need one repetition only: heads of odd and of even pages differ, so
    each may come twice in a paper of five pages.
    """
    if len(pages) < 2:
        return set()
    counts = Counter(key for lines in pages for key in {_key(lines[at]) for at in _edges(lines)})
    outer = Counter(key for ls in pages for key in {_key(ls[at]) for at in _outermost(ls)})
    needed = 2 if len(pages) < 4 else max(3, round(len(pages) * 0.3))
    often = {key for key, count in counts.items() if count >= needed}
    return (often | {key for key, count in outer.items() if count >= 2}) - {""}


def _edges(lines: Sequence[Line]) -> list[int]:
    filled = [number for number, line in enumerate(lines) if line.text.strip()]
    return sorted({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})


def _outermost(lines: Sequence[Line]) -> set[int]:
    filled = _edges(lines)
    return {*filled[:2], *filled[-2:]} if len(filled) > 4 else {*filled[:1], *filled[-1:]}


def _key(line: Line) -> str:
    if line.role:
        return ""
    text = re.sub(r"\s+", " ", line.text.strip())
    if _PAGE_NUMBER.fullmatch(text):
        return "#"
    return re.sub(r"\d+", "#", text) if len(text) <= _LONGEST_EDGE else ""


def _look(pages: Sequence[Sequence[Line]]) -> _Look:
    counts: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            counts[line.height] += len(line.text)
    body = counts.most_common(1)[0][0] if counts else 0.0
    title = max((line.height for line in pages[0] if _letters(line.text) > 2), default=0.0)
    named = sum(line.role == "heading" for lines in pages for line in lines)
    return _Look(body, title if title > body * 1.2 else float("inf"), outlined=named >= _OUTLINE)


def _with_headings(
    lines: Sequence[Line], furniture: set[int], look: _Look, limit: float
) -> PageLayout:
    headings: dict[int, str] = {}
    members: set[int] = set()
    for number, line in enumerate(lines):
        if number in furniture or not _is_heading(line, look, limit):
            continue
        if number - 1 in members and _goes_on(lines[number - 1], line, look):
            first = max(headings)
            headings[first] = f"{headings[first]} {line.text.strip()}"
        else:
            headings[number] = _title(line.text)
        members.add(number)
    cited = {number for number, line in enumerate(lines) if line.role == "reference"}
    certain = {number for number in headings if lines[number].role}
    return PageLayout(furniture, headings, members, cited, certain)


def _goes_on(before: Line, line: Line, look: _Look) -> bool:
    """Tell whether a line is the rest of the section title before it."""
    if line.role or before.role:
        return line.role == "continued"
    return before.height == line.height > look.body and not _NUMBERED.match(line.text.strip())


def _without_front_matter(page: PageLayout, lines: Sequence[Line]) -> PageLayout:
    """Drop what looks like section titles above the abstract: authors and their addresses."""
    known = [at for at, title in page.headings.items() if _KNOWN_HEADING.fullmatch(title)]
    if not known:
        return page

    def stays(at: int) -> bool:
        return at >= min(known) or bool(lines[at].role)

    kept = {at: title for at, title in page.headings.items() if stays(at)}
    return replace(page, headings=kept, heading_lines={*filter(stays, page.heading_lines)})


def _is_heading(line: Line, look: _Look, limit: float) -> bool:
    if line.role:
        return line.role in ("heading", "continued")
    text = line.text.strip()
    if line.height >= limit or not 2 <= len(text) <= 80 or _letters(text) < 2:
        return False
    if _KNOWN_HEADING.fullmatch(text) or _REFERENCES.fullmatch(text):
        return True
    if line.height == 0:
        return _MARKDOWN.fullmatch(text) is not None
    if text[0].islower() or _letters(text) < len(text) * 0.6:
        return False
    if text.endswith(tuple(".,;-\u2010")) or _CAPTION.match(text) or _NOT_IN_TITLES.search(text):
        return False
    guessed = not look.outlined or ends_references(text)
    return guessed and _looks_larger(line, text, look)


def _looks_larger(line: Line, text: str, look: _Look) -> bool:
    larger = line.height > look.body * 1.08
    return larger or (line.bold and _NUMBERED.match(text) is not None)


def _title(text: str) -> str:
    markdown = _MARKDOWN.fullmatch(text.strip())
    return (markdown[1] if markdown else text).strip()


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
