"""A JATS article (PubMed Central, SciELO, most journals) -> blocks and facts.

Names follow the Journal Article Tag Suite, ANSI/NISO Z39.96.
"""

from collections.abc import Iterator
from typing import Any

from lxml import etree

from r1agent_indexes.reading.blocks import Block, StructuredPaper
from r1agent_indexes.reading.xml_text import children, first, local_name, text_of, within

_PARAGRAPHS = ("p", "disp-formula", "preformat", "verse-line", "attrib", "def", "term")
_CAPTIONED = ("fig", "table-wrap", "boxed-text", "supplementary-material", "media")
_INSIDE = (
    "sec list list-item disp-quote fig-group fn-group fn app app-group ack glossary def-list "
    "def-item statement notes bio disp-formula-group verse-group table-wrap-foot floats-group"
).split()


def jats_paper(article: etree._Element) -> StructuredPaper:
    """Return an article: title, abstract, body, back matter, references last marked as such."""
    front = first(article, "article-meta")
    facts = _facts(article, front) if front is not None else {}
    blocks = [Block(facts["title"], "heading")] if facts.get("title") else []
    for abstract in [] if front is None else within(front, "abstract"):
        title = text_of(next(children(abstract, "title"), None)) or "Abstract"
        blocks += [Block(title, "heading"), *_content(abstract)]
    for part in children(article, "body", "back", "floats-group"):
        blocks += _content(part)
    return StructuredPaper([block for block in blocks if block.text], facts)


def _content(element: etree._Element) -> Iterator[Block]:
    """Yield the blocks inside an element; its own title is left to the caller."""
    for child in element:
        name = local_name(child)
        if name in _PARAGRAPHS:
            yield from _paragraph(child)
        elif name in _CAPTIONED:
            yield from _captioned(child)
        elif name == "ref-list":
            yield from _references(child)
        elif name in _INSIDE:
            yield from _titled(child)


def _titled(element: etree._Element) -> Iterator[Block]:
    title = text_of(next(children(element, "title"), None))
    label = text_of(next(children(element, "label"), None))
    if title:
        yield Block(f"{label} {title}".strip(), "heading")
    elif local_name(element) == "ack":
        yield Block("Acknowledgements", "heading")
    yield from _content(element)


def _paragraph(paragraph: etree._Element) -> Iterator[Block]:
    """Yield a paragraph, then what stands in it but is no part of its sentences."""
    apart = (*_CAPTIONED, "list", "disp-quote", "def-list")
    yield Block(text_of(paragraph, without=apart))
    for child in paragraph:
        if local_name(child) in _CAPTIONED:
            yield from _captioned(child)
        elif local_name(child) in apart:
            yield from _content(child)


def _captioned(element: etree._Element) -> Iterator[Block]:
    """Yield the caption of a figure or table with its label, then the rows of a table."""
    label = text_of(next(children(element, "label"), None))
    captions = [text_of(caption) for caption in children(element, "caption")]
    yield Block(" ".join(part for part in (label, *captions) if part))
    for row in within(element, "tr"):
        yield Block(" | ".join(text_of(cell) for cell in children(row, "td", "th")))
    for inner in children(element, "p", "table-wrap-foot", "sec"):
        yield from _paragraph(inner) if local_name(inner) == "p" else _titled(inner)


def _references(listed: etree._Element) -> Iterator[Block]:
    yield Block(text_of(next(children(listed, "title"), None)) or "References", "heading")
    for reference in within(listed, "ref"):
        label = text_of(next(children(reference, "label"), None))
        yield Block(f"{label} {text_of(reference, without=('label',))}".strip(), "reference")


def _facts(article: etree._Element, front: etree._Element) -> dict[str, Any]:
    ids = {one.get("pub-id-type"): text_of(one) for one in children(front, "article-id")}
    year = next(
        (text_of(y) for date in within(front, "pub-date") for y in within(date, "year")), ""
    )
    facts = {
        "title": text_of(first(front, "title-group", "article-title"), without=("xref", "fn")),
        "authors": [name for one in within(front, "contrib") if (name := _author(one))],
        "year": int(year) if year.isdigit() else None,
        "doi": ids.get("doi"),
        "arxiv_id": ids.get("arxiv"),
        "venue": text_of(first(article, "journal-meta", "journal-title")),
        "tags": [word for one in within(front, "kwd") if (word := text_of(one))],
    }
    return {name: value for name, value in facts.items() if value}


def _author(contributor: etree._Element) -> str:
    if contributor.get("contrib-type", "author") != "author":
        return ""
    name = first(contributor, "name")
    if name is None:
        return text_of(first(contributor, "collab"))
    parts = (text_of(next(children(name, each), None)) for each in ("given-names", "surname"))
    return " ".join(part for part in parts if part)
