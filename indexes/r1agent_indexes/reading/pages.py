"""Parsed lines -> one Document a page, with what the chunker needs to know about it."""

import re
from collections.abc import Sequence
from pathlib import Path

from langchain_core.documents import Document

from r1agent_indexes.reading.layout import PageLayout, ends_references, is_references, layout
from r1agent_indexes.reading.normalise import Hyphens, Line, PageText, page_text

_TORN = re.compile(r"[^\W\d_][-\u2010\u2011]$")
_TAIL = re.compile(r"\s*[^\W\d_]+\b[,;:]?")


def page_documents(
    path: Path,
    pages: Sequence[Sequence[Line]],
    labels: Sequence[str],
    hidden: Sequence[str] = (),
) -> list[Document]:
    """Return one Document a page; its metadata says what on it is no running text.

    Metadata: `source`, `file`, `page` (from 1), `page_label`, `section` (in force where the page
    starts), `headings` (`[offset, title]` pairs), `skip` (`[start, end]` spans that belong to no
    passage: running heads, page numbers, the list of references) and `hidden_text` (what is on
    the page but cannot be seen).
    """
    layouts = layout(pages) if pages else []
    hyphens = Hyphens(line.text for lines in pages for line in lines)
    documents: list[Document] = []
    section: str | None = None
    torn = False
    for number, (lines, label, found) in enumerate(zip(pages, labels, layouts, strict=True), 1):
        text = page_text(lines, hyphens, found.furniture | found.heading_lines)
        skip = _skipped(text, found, section)
        if torn:
            skip += _word_end(text, found)
        metadata = {
            "source": str(path),
            "file": path.name,
            "page": number,
            "page_label": label,
            "section": section,
            "headings": [[text.starts[line], title] for line, title in found.headings.items()],
            "skip": skip,
            "hidden_text": hidden[number - 1] if hidden else "",
        }
        documents.append(Document(page_content=text.text, metadata=metadata))
        section = _section_after(found, section)
        torn = _ends_torn(lines, found)
    return documents


def _ends_torn(lines: Sequence[Line], found: PageLayout) -> bool:
    """Tell whether the last running line of a page ends inside a word."""
    running = (line.text for at, line in enumerate(lines) if at not in found.furniture)
    last = next((text for text in reversed(list(running)) if text.strip()), "")
    return _TORN.search(last.rstrip()) is not None


def _word_end(text: PageText, found: PageLayout) -> list[list[int]]:
    """Return the span of the end of a word that the page before has begun, if there is one.

    It stays on the page but begins no passage: nobody searches for "pendent".
    """
    for line, (start, end) in enumerate(text.spans()):
        if line not in found.furniture and text.text[start:end].strip():
            tail = _TAIL.match(text.text, start, end)
            goes_on = tail is not None and tail[0].strip()[0].islower()
            return [[start, tail.end()]] if tail and goes_on else []
    return []


def _skipped(text: PageText, found: PageLayout, section: str | None) -> list[list[int]]:
    """Return the spans of lines that are no running text."""
    skipped = []
    for line, (start, end) in enumerate(text.spans()):
        section = _next_section(found, line, section)
        cited = line in found.references or (section is not None and is_references(section))
        if line in found.furniture or cited:
            skipped.append([start, end])
    return skipped


def _section_after(found: PageLayout, section: str | None) -> str | None:
    for line in found.headings:
        section = _next_section(found, line, section)
    return section


def _next_section(found: PageLayout, line: int, section: str | None) -> str | None:
    """Return the section from a line on; a title that was only guessed may be in a reference."""
    title = found.headings.get(line)
    if title is None:
        return section
    guessed = line not in found.certain
    if guessed and section is not None and is_references(section) and not ends_references(title):
        return section
    return title
