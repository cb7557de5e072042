"""Zotero RDF, as "Export Collection" writes it -> entries.

Zotero writes one form of RDF/XML: works and attachments below the root, an attachment named by its
address, people and journals inside or named likewise. So XML is enough, without an RDF graph.
"""

from collections.abc import Iterator
from typing import Final

from lxml import etree

from r1agent_indexes.bibliography.entry import (
    Entry,
    arxiv_id_in,
    doi_in,
    key_in,
    people,
    plain,
    whole_name,
    year_in,
)
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.blocks import RefusedFileError
from r1agent_indexes.reading.xml_blocks import xml_root
from r1agent_indexes.reading.xml_text import children, first, local_name, text_of
from r1agent_indexes.types import PaperMetadata

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_NO_WORKS = ("attachment", "note", "annotation")

Nodes = dict[str, etree._Element]


def read_rdf(data: bytes) -> list[Entry]:
    """Return the entries of a Zotero RDF file; a file without a work is an entry of its own.

    Raises:
        UnreadablePaperError: It is no Zotero RDF, or holds neither works nor files.
    """
    try:
        root = xml_root(data)
    except RefusedFileError as error:
        raise UnreadablePaperError(str(error)) from None
    nodes: Nodes = {address: node for node in root.iter() if (address := node.get(f"{_RDF}about"))}
    works = [node for node in root if _kind(node) not in ("", *_NO_WORKS)]
    entries = [_entry(work, nodes) for work in works]
    attached = {id(one) for work in works for one in _attachments(work, nodes)}
    alone = [node for node in root if _kind(node) == "attachment" and id(node) not in attached]
    entries += [Entry(PaperMetadata(""), files) for node in alone if (files := tuple(_paths(node)))]
    if not entries:
        raise UnreadablePaperError("holds no work of Zotero's, which has a `z:itemType`")
    return entries


def _kind(node: etree._Element) -> str:
    return text_of(next(children(node, "itemType"), None))


def _entry(work: etree._Element, nodes: Nodes) -> Entry:
    parts = list(_parts(work, nodes))
    extra = "\n".join("".join(one.itertext()) for one in children(work, "description"))
    numbers = [text_of(one) for node in (work, *parts) for one in children(node, "identifier")]
    key = _text(work, "citationKey") or key_in(extra)
    facts = PaperMetadata(
        title=_text(work, "title"),
        authors=people(_authors(work)),
        year=year_in(_text(work, "date")),
        doi=next((doi_in(one) for one in (*numbers, extra) if doi_in(one)), None),
        arxiv_id=arxiv_id_in(extra, *numbers, work.get(f"{_RDF}about")),
        venue=next((title for part in parts if (title := _text(part, "title"))), None),
        citation_key=key or None,
        tags=tuple(
            dict.fromkeys(tag for one in children(work, "subject") if (tag := text_of(one)))
        ),
    )
    attached = _attachments(work, nodes)
    return Entry(facts, tuple(dict.fromkeys(path for one in attached for path in _paths(one))))


def _text(node: etree._Element, name: str) -> str:
    return plain(text_of(next(children(node, name), None)))


def _parts(work: etree._Element, nodes: Nodes) -> Iterator[etree._Element]:
    """Yield the journal, book or proceedings that a work is part of."""
    for link in children(work, "isPartOf"):
        yield from _targets(link, nodes)


def _attachments(work: etree._Element, nodes: Nodes) -> list[etree._Element]:
    return [node for link in children(work, "link") for node in _targets(link, nodes)]


def _targets(link: etree._Element, nodes: Nodes) -> Iterator[etree._Element]:
    """Yield what a property holds inside, or names by its address."""
    named = nodes.get(link.get(f"{_RDF}resource", ""))
    yield from [named] if named is not None else []
    yield from (child for child in link if local_name(child))


def _authors(work: etree._Element) -> Iterator[str]:
    for authors in children(work, "authors"):
        for place in authors.iter(f"{_RDF}li"):
            family, given = first(place, "surname"), first(place, "givenName")
            older = first(place, "givenname")
            names = (text_of(given if given is not None else older), text_of(family))
            own, shared = (plain(name).replace(",", " ") for name in names)
            yield whole_name(given=own, family=shared)


def _paths(attachment: etree._Element) -> Iterator[str]:
    """Yield where the file of an attachment lies, as Zotero writes it."""
    for one in children(attachment, "resource"):
        path = one.get(f"{_RDF}resource")
        if path:
            yield path
