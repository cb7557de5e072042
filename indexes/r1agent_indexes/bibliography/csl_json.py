"""CSL-JSON, and the JSON of Zotero's Better BibTeX -> entries."""

import json
from collections.abc import Mapping
from typing import Any

from r1agent_indexes.bibliography.entry import (
    Entry,
    arxiv_id_in,
    bare_arxiv_id,
    doi_in,
    key_in,
    people,
    plain,
    tags_in,
    whole_name,
    year_in,
)
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.types import PaperMetadata

Item = Mapping[str, Any]


def read_json(text: str) -> list[Entry]:
    """Return the entries of a JSON export; other JSON, which is no list of works, has none.

    Raises:
        UnreadablePaperError: It is not JSON.
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UnreadablePaperError(f"is not JSON ({error})") from None
    items = data.get("items") if isinstance(data, dict) else data
    works = [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []
    zotero = [_zotero_entry(item) for item in works if "itemType" in item and "title" in item]
    return zotero or [csl_entry(item) for item in works if "type" in item and "title" in item]


def csl_entry(item: Item) -> Entry:
    """Return a work in CSL-JSON, which is also what Crossref answers with."""
    key = item.get("citation-key") or item.get("citekey") or item.get("id") or ""
    has_key = isinstance(key, str) and "/" not in key and not key.isdigit()
    numbers = [item.get(name) for name in ("DOI", "number", "note", "URL", "archive_location")]
    facts = PaperMetadata(
        title=_titled(item),
        authors=people(_name(author) for author in _list(item.get("author"))),
        year=csl_year(item),
        doi=doi_in(item.get("DOI")),
        arxiv_id=arxiv_id_in(*numbers),
        venue=_first(item.get("container-title")) or _first(item.get("event-title")) or None,
        citation_key=key if key and has_key else None,
        tags=_keywords(item.get("keyword")),
    )
    return Entry(facts)


def csl_year(item: Item) -> int | None:
    """Return the year in which a work came out."""
    for name in ("issued", "published", "published-print", "published-online"):
        date = item.get(name)
        parts = date.get("date-parts") if isinstance(date, dict) else None
        if isinstance(parts, list) and parts and isinstance(parts[0], list) and parts[0]:
            return year_in(parts[0][0])
        if isinstance(date, dict):
            stated = year_in(date.get("raw")) or year_in(date.get("literal"))
            if stated:
                return stated
        elif date:
            return year_in(date)
    return None


def _titled(item: Item) -> str:
    title, subtitle = _first(item.get("title")), _first(item.get("subtitle"))
    return f"{title}: {subtitle}" if subtitle and subtitle not in title else title


def _first(value: object) -> str:
    """Return a text, or the first of several: registries give lists where CSL has one."""
    if isinstance(value, list):
        return plain(value[0]) if value else ""
    return plain(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _name(author: object) -> str:
    if not isinstance(author, dict):
        return ""
    whole = author.get("literal") or author.get("name")
    if whole:
        return plain(whole).replace(",", " ")
    names = ("dropping-particle", "non-dropping-particle", "family", "suffix")
    family = " ".join(filter(None, (_part(author, name) for name in names)))
    return whole_name(given=_part(author, "given"), family=family)


def _part(author: Item, name: str) -> str:
    return plain(author.get(name)).replace(",", " ")


def _keywords(value: object) -> tuple[str, ...]:
    if isinstance(value, list):
        return tuple(dict.fromkeys(plain(tag) for tag in value if tag))
    return tags_in(plain(value))


def _zotero_entry(item: Item) -> Entry:
    if item["itemType"] == "attachment":  # a file that no work has
        return Entry(PaperMetadata(""), (str(item["path"]),) if item.get("path") else ())
    creators = [each for each in _list(item.get("creators")) if isinstance(each, dict)]
    authors = [each for each in creators if each.get("creatorType", "author") == "author"]
    venues = ("publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName", "university")
    tags = (each.get("tag") for each in _list(item.get("tags")) if isinstance(each, dict))
    attached = (each.get("path") for each in _list(item.get("attachments")) if _is_file(each))
    key = item.get("citationKey") or item.get("citekey") or key_in(item.get("extra"))
    facts = PaperMetadata(
        title=plain(item.get("title")),
        authors=people(_creator(author) for author in authors),
        year=year_in(item.get("date")),
        doi=doi_in(item.get("DOI")) or doi_in(item.get("extra")),
        arxiv_id=bare_arxiv_id(item.get("archiveID"))
        or arxiv_id_in(item.get("extra"), item.get("url"), item.get("DOI")),
        venue=next((plain(item[name]) for name in venues if item.get(name)), None),
        citation_key=str(key) if key else None,
        tags=tuple(dict.fromkeys(plain(tag) for tag in tags if tag)),
    )
    return Entry(facts, tuple(str(path) for path in attached))


def _is_file(attachment: object) -> bool:
    return isinstance(attachment, dict) and bool(attachment.get("path"))


def _creator(creator: Item) -> str:
    if creator.get("name"):
        return plain(creator["name"]).replace(",", " ")
    return whole_name(given=plain(creator.get("firstName")), family=plain(creator.get("lastName")))
