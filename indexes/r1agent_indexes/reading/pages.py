"""Parsed lines -> one Document a page, with what the chunker needs to know about it."""

from collections.abc import Sequence
from pathlib import Path

from langchain_core.documents import Document

from r1agent_indexes.reading.layout import PageLayout, ends_references, is_references, layout
from r1agent_indexes.reading.normalise import Hyphens, Line, PageText, page_text


def page_documents(
    path: Path, pages: Sequence[Sequence[Line]], labels: Sequence[str]
) -> list[Document]:
    """Return one Document a page; its metadata says what on it is no running text.

    Metadata: `source`, `file`, `page` (from 1), `page_label`, `section` (in force where the page
    starts), `headings` (`[offset, title]` pairs) and `skip` (`[start, end]` spans that belong to
    no passage: running heads, page numbers, the list of references).
    """
    layouts = layout(pages) if pages else []
    hyphens = Hyphens(line.text for lines in pages for line in lines)
    documents: list[Document] = []
    section: str | None = None
    for number, (lines, label, found) in enumerate(zip(pages, labels, layouts, strict=True), 1):
        text = page_text(lines, hyphens, found.furniture | found.heading_lines)
        metadata = {
            "source": str(path),
            "file": path.name,
            "page": number,
            "page_label": label,
            "section": section,
            "headings": [[text.starts[line], title] for line, title in found.headings.items()],
            "skip": _skipped(text, found, section),
        }
        documents.append(Document(page_content=text.text, metadata=metadata))
        section = _section_after(found, section)
    return documents


def _skipped(text: PageText, found: PageLayout, section: str | None) -> list[list[int]]:
    """Return the spans of lines that are no running text."""
    ends = [*text.starts[1:], len(text.text)]
    skipped = []
    for line, (start, end) in enumerate(zip(text.starts, ends, strict=True)):
        if line in found.headings:
            section = _next_section(section, found.headings[line])
        if line in found.furniture or (section is not None and is_references(section)):
            skipped.append([start, end])
    return skipped


def _section_after(found: PageLayout, section: str | None) -> str | None:
    for title in found.headings.values():
        section = _next_section(section, title)
    return section


def _next_section(section: str | None, title: str) -> str:
    """Return the section that a title begins; only some titles end the references."""
    if section is not None and is_references(section) and not ends_references(title):
        return section
    return title
