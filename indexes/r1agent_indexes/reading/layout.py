"""What the lines of a paper are: running heads, section titles, references, body."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

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


@dataclass(frozen=True, slots=True)
class PageLayout:
    """What the lines of one page are, by line number."""

    furniture: set[int] = field(default_factory=set)
    """Running heads, running feet and page numbers."""
    headings: dict[int, str] = field(default_factory=dict)
    """Section titles by the number of their first line."""
    heading_lines: set[int] = field(default_factory=set)


def layout(pages: Sequence[Sequence[Line]]) -> list[PageLayout]:
    """Tell for every page which lines are running heads and which are section titles."""
    repeated = _repeated_edges(pages)
    body = _body_height(pages)
    title = max((line.height for line in pages[0] if _letters(line.text) > 2), default=0.0)
    found = []
    for number, lines in enumerate(pages):
        furniture = {at for at in _edges(lines) if _key(lines[at]) in repeated}
        limit = title if number == 0 and title > body * 1.2 else float("inf")
        found.append(_with_headings(lines, furniture, body, limit))
    return [_without_front_matter(found[0]) if body > 0 else found[0], *found[1:]]


def is_references(heading: str) -> bool:
    """Tell whether a section title begins the list of references."""
    return _REFERENCES.fullmatch(heading) is not None


def ends_references(heading: str) -> bool:
    """Tell whether a section title after the references begins text again."""
    return _AFTER_REFERENCES.match(heading) is not None


def _repeated_edges(pages: Sequence[Sequence[Line]]) -> set[str]:
    if len(pages) < 2:
        return set()
    counts = Counter(key for lines in pages for key in {_key(lines[at]) for at in _edges(lines)})
    needed = 2 if len(pages) < 4 else max(3, round(len(pages) * 0.3))
    return {key for key, count in counts.items() if key and count >= needed}


def _edges(lines: Sequence[Line]) -> list[int]:
    filled = [number for number, line in enumerate(lines) if line.text.strip()]
    return sorted({*filled[:_EDGE_LINES], *filled[-_EDGE_LINES:]})


def _key(line: Line) -> str:
    text = re.sub(r"\s+", " ", line.text.strip())
    return re.sub(r"\d+", "#", text) if len(text) <= _LONGEST_EDGE else ""


def _body_height(pages: Sequence[Sequence[Line]]) -> float:
    """Return the height in which most characters are set."""
    counts: Counter[float] = Counter()
    for lines in pages:
        for line in lines:
            counts[line.height] += len(line.text)
    return counts.most_common(1)[0][0] if counts else 0.0


def _with_headings(
    lines: Sequence[Line], furniture: set[int], body: float, limit: float
) -> PageLayout:
    headings: dict[int, str] = {}
    members: set[int] = set()
    for number, line in enumerate(lines):
        if number in furniture or not _is_heading(line, body) or line.height >= limit:
            continue
        before = lines[number - 1] if number else line
        if number - 1 in members and before.height == line.height > body:
            first = max(headings)
            headings[first] = f"{headings[first]} {line.text.strip()}"
        else:
            headings[number] = _title(line.text)
        members.add(number)
    return PageLayout(furniture, headings, members)


def _without_front_matter(page: PageLayout) -> PageLayout:
    """Drop what looks like section titles above the abstract: authors and their addresses."""
    known = [at for at, title in page.headings.items() if _KNOWN_HEADING.fullmatch(title)]
    if not known:
        return page
    kept = {at: title for at, title in page.headings.items() if at >= min(known)}
    return PageLayout(page.furniture, kept, {at for at in page.heading_lines if at >= min(known)})


def _is_heading(line: Line, body: float) -> bool:
    text = line.text.strip()
    if not 2 <= len(text) <= 80 or _letters(text) < 2:
        return False
    if _KNOWN_HEADING.fullmatch(text) or _REFERENCES.fullmatch(text) or _MARKDOWN.fullmatch(text):
        return True
    if line.height == 0 or text[0].islower() or _letters(text) < len(text) * 0.6:
        return False
    if text.endswith(tuple(".,;-\u2010")) or _CAPTION.match(text) or _NOT_IN_TITLES.search(text):
        return False
    larger = line.height > body * 1.08
    return larger or (line.bold and _NUMBERED.match(text) is not None)


def _title(text: str) -> str:
    markdown = _MARKDOWN.fullmatch(text.strip())
    return (markdown[1] if markdown else text).strip()


def _letters(text: str) -> int:
    return sum(character.isalpha() for character in text)
