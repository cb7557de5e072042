"""RIS, as Zotero, EndNote and publishers write it -> entries."""

from collections.abc import Mapping
from typing import Any

from r1agent_indexes.bibliography.entry import (
    Entry,
    arxiv_id_in,
    doi_in,
    people,
    plain,
    year_in,
)
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.types import PaperMetadata

_TITLES = ("title", "primary_title")
_YEARS = ("year", "publication_year", "date")
_VENUES = ("journal_name", "alternate_title3", "alternate_title2", "secondary_title", "publisher")


def read_ris(text: str) -> list[Entry]:
    """Return the entries of a RIS file.

    Raises:
        UnreadablePaperError: It holds no whole record.
    """
    import rispy

    lists = [*rispy.LIST_TYPE_TAGS, "L1", "L2"]  # a work has several attached files
    try:
        records = rispy.loads(text, list_tags=lists, skip_unknown_tags=True)
    except (OSError, ValueError, KeyError) as error:
        raise UnreadablePaperError(f"is not RIS ({error})") from None
    if not records:
        raise UnreadablePaperError("holds no RIS record, which begins with `TY  -`, ends with `ER`")
    return [_entry(record) for record in records]


def _entry(record: Mapping[str, Any]) -> Entry:
    names = [*record.get("authors", ()), *record.get("first_authors", ())]
    places = [record.get("doi"), *record.get("urls", ()), *record.get("notes", ())]
    facts = PaperMetadata(
        title=plain(_first(record, _TITLES)),
        authors=people(names),
        year=year_in(_first(record, _YEARS)),
        doi=next((doi for place in places[:1] if (doi := doi_in(place))), None),
        arxiv_id=arxiv_id_in(*places, record.get("journal_name")),
        venue=plain(_first(record, _VENUES)) or None,
        tags=tuple(dict.fromkeys(plain(tag) for tag in record.get("keywords", ()) if tag)),
    )
    attached = [*record.get("file_attachments1", ()), *record.get("file_attachments2", ())]
    return Entry(facts, tuple(str(path) for path in attached))


def _first(record: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(record[name]) for name in names if record.get(name)), "")
