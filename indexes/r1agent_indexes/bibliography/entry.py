"""One paper as an export or a registry states it, and how its fields are tidied."""

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace

from r1agent_indexes.types import PaperMetadata

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+", re.IGNORECASE)
_ARXIV_NUMBER = r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[a-z]{2})?/\d{7})(?:v\d+)?"
_ARXIV = re.compile(
    rf"(?:arxiv(?:\.org/(?:abs|pdf|html)/|[:.]\s*)){_ARXIV_NUMBER}(?!\d)", re.IGNORECASE
)
_BARE_ARXIV = re.compile(rf"\s*(?:arxiv:)?\s*{_ARXIV_NUMBER}\s*(?:\[.*)?", re.IGNORECASE)
_YEAR = re.compile(r"(?<!\d)(1[5-9]\d\d|20\d\d)(?!\d)")
_EAST_ASIAN = re.compile("[々\u3040-\u309f\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]+")
"""A name in Katakana is a foreign one, and keeps its order."""
_KEY = re.compile(r"^\s*citation key:\s*(\S+)\s*$", re.IGNORECASE | re.MULTILINE)
_MARKUP = re.compile(r"</?(?:i|b|em|strong|sub|sup|scp|span|p|jats:\w+|mml:\w+)\b[^>]*>", re.I)


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: its facts, and which files it says are its own."""

    facts: PaperMetadata
    files: tuple[str, ...] = ()
    """Paths as the export writes them, relative to its folder or not."""


def joined(own: PaperMetadata, stated: PaperMetadata) -> PaperMetadata:
    """Return what a file says of itself with what is stated elsewhere on top of it."""
    names = ("title", "authors", "year", "doi", "arxiv_id", "venue", "citation_key", "tags")
    known = {name: value for name in names if (value := getattr(stated, name))}
    return replace(own, **known)


def plain(text: object) -> str:
    """Return text on one line, without the markup and entities that registries leave in."""
    unescaped = html.unescape(_MARKUP.sub("", html.unescape(str(text or ""))))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", unescaped)).strip()


def person(name: str) -> str:
    """Return a name as it is read: `Hinton, Geoffrey` -> `Geoffrey Hinton`, `张, 伟` -> `张伟`."""
    parts = [part.strip() for part in plain(name).split(",") if part.strip()]
    if len(parts) == 3:  # family, suffix, given, as BibTeX orders them
        family, suffix, given = parts
        return f"{given} {family} {suffix}"
    return whole_name(given=parts[1], family=parts[0]) if len(parts) == 2 else ", ".join(parts)


def whole_name(*, given: str, family: str) -> str:
    """Join the parts of a name: family first where both are Chinese, Japanese or Korean."""
    if _EAST_ASIAN.fullmatch(given) and _EAST_ASIAN.fullmatch(family):
        return family + given
    return f"{given} {family}".strip()


def people(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names, each once, without `others`."""
    tidy = (person(name) for name in names)
    return tuple(dict.fromkeys(name for name in tidy if name and name.lower() != "others"))


def doi_in(text: object) -> str | None:
    """Return the first DOI of a text, in lower case, since DOIs have no case."""
    match = _DOI.search(str(text or "").replace("\\_", "_"))
    return match[0].rstrip(".,;)}]").lower() if match else None


def arxiv_id_in(*texts: object) -> str | None:
    """Return the first arXiv id that is called one, without its version."""
    found = (_ARXIV.search(str(text or "")) for text in texts)
    return next((match[1].lower() for match in found if match), None)


def bare_arxiv_id(text: object) -> str | None:
    """Return the arXiv id that a field of its own holds, without its version."""
    match = _BARE_ARXIV.fullmatch(str(text or ""))
    return match[1].lower() if match else None


def key_in(text: object) -> str | None:
    """Return the citation key that Better BibTeX writes into Zotero's field `Extra`."""
    match = _KEY.search(str(text or ""))
    return match[1] if match else None


def year_in(text: object) -> int | None:
    """Return the first year of a date in any form."""
    match = _YEAR.search(str(text or ""))
    return int(match[0]) if match else None


def tags_in(text: str) -> tuple[str, ...]:
    """Return the key words of a field that lists them."""
    separator = ";" if ";" in text else ","
    return tuple(dict.fromkeys(tag for part in text.split(separator) if (tag := plain(part))))
