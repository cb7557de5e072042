"""A TEI text (GROBID, text editions) -> blocks and facts. Names follow the TEI P5 guidelines."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from r1agent_indexes.reading.blocks import Block, StructuredPaper
from r1agent_indexes.reading.xml_text import children, first, local_name, text_of, within

_PARAGRAPHS = ("p", "ab", "formula", "note", "l", "quote", "item")
_APART = ("figure", "list", "note", "pb")


def tei_paper(root: etree._Element) -> StructuredPaper:
    """Return a text: title, abstract, body, back matter, references marked as such."""
    header = first(root, "teiHeader")
    facts = _facts(header) if header is not None else {}
    blocks = [Block(facts["title"], "heading")] if facts.get("title") else []
    abstract = first(header, "abstract") if header is not None else None
    if abstract is not None and text_of(abstract):
        blocks += [Block("Abstract", "heading"), *_content(abstract)]
    text = next(children(root, "text"), None)
    parts = [] if text is None else children(text, "front", "body", "back")
    content = [one for part in parts for one in _content(part) if one.text or one.role == "page"]
    if content and content[0].role == "page":
        blocks.insert(0, content.pop(0))  # the first page bears the title, too
    return StructuredPaper([*blocks, *content], facts)


def _content(element: etree._Element) -> Iterator[Block]:
    for child in element:
        name = local_name(child)
        if name == "pb":
            yield Block(child.get("n", ""), "page")
        elif name == "head":
            yield Block(f"{child.get('n', '')} {text_of(child)}".strip(), "heading")
        elif name in _PARAGRAPHS:
            yield from _paragraph(child)
        elif name == "figure":
            yield from _figure(child)
        elif name == "listBibl":
            yield from _references(child)
        elif name:
            yield from _content(child)


def _paragraph(paragraph: etree._Element) -> Iterator[Block]:
    """Yield a paragraph, in two where a page break stands in it, then what is set apart in it."""
    breaks = list(within(paragraph, "pb"))
    if not breaks:
        yield Block(text_of(paragraph, without=_APART))
    else:
        yield from _broken(paragraph)
    for child in children(paragraph, "figure", "list", "note"):
        yield from _figure(child) if local_name(child) == "figure" else _content(child)


def _broken(paragraph: etree._Element) -> Iterator[Block]:
    """Yield the pieces of a paragraph between page breaks."""
    text = ""
    for event, one in etree.iterwalk(paragraph, events=("start", "end")):
        if event == "start" and local_name(one) == "pb":
            yield Block(_flat(text))
            yield Block(one.get("n", ""), "page")
            text = ""
        elif event == "start":
            text += one.text or ""
        elif one is not paragraph:
            text += one.tail or ""
    yield Block(_flat(text))


def _figure(figure: etree._Element) -> Iterator[Block]:
    parts = (text_of(one) for one in children(figure, "head", "label", "figDesc"))
    yield Block(" ".join(dict.fromkeys(part for part in parts if part)))
    for row in within(figure, "row"):
        yield Block(" | ".join(text_of(cell) for cell in children(row, "cell")))


def _references(listed: etree._Element) -> Iterator[Block]:
    head = text_of(next(children(listed, "head"), None))
    yield Block(head or "References", "heading")
    for reference in children(listed, "biblStruct", "bibl", "biblFull"):
        words = (_flat("".join(one.itertext())) for one in reference.iter() if not len(one))
        yield Block(
            text_of(reference)
            if reference.text and reference.text.strip()
            else ", ".join(word for word in words if word),
            "reference",
        )


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _facts(header: etree._Element) -> dict[str, Any]:
    source = first(header, "sourceDesc")
    where = source if source is not None and first(source, "author") is not None else header
    authors = [_author(one) for one in within(where, "author")]
    dates = [one.get("when", "") or text_of(one) for one in within(header, "date")]
    year = next(
        (found[0] for date in dates if (found := re.search(r"\b(?:1[5-9]|20)\d\d\b", date))), ""
    )
    ids = {one.get("type", "").lower(): text_of(one) for one in within(header, "idno")}
    journals = (one for one in within(header, "title") if one.get("level") == "j")
    facts = {
        "title": text_of(first(header, "titleStmt", "title")),
        "authors": list(dict.fromkeys(name for name in authors if name)),
        "year": int(year) if year else None,
        "doi": ids.get("doi"),
        "arxiv_id": ids.get("arxiv"),
        "venue": text_of(next(journals, None)),
        "tags": [word for one in within(header, "term") if (word := text_of(one))],
    }
    return {name: value for name, value in facts.items() if value}


def _author(author: etree._Element) -> str:
    name = first(author, "persName")
    if name is None:
        return text_of(author)
    parts = [text_of(one) for one in children(name, "forename", "surname")]
    return " ".join(part for part in parts if part) or text_of(name)
