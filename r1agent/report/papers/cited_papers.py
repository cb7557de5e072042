"""The papers that a report cites, each once, with a key of its own."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from urllib.parse import quote

from r1agent.report.papers.person_names import split_name
from r1agent.report.printable import one_line
from r1agent.reports import Report
from r1agent.types import Citation

_OWN_KEY = re.compile(r"\w[\w:.+/-]{0,99}")
_DOI = re.compile(r"10\.\d{4,9}/[!-~]+")
_TRANSLITERATED = str.maketrans(
    {"ß": "ss", "æ": "ae", "ø": "o", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
)


def cited_papers(report: Report) -> tuple[Citation, ...]:
    """Return the first citation of each paper; a paper's place is its number."""
    first: dict[str, Citation] = {}
    for citation in report.citations:
        first.setdefault(citation.paper, citation)
    return tuple(first.values())


def title_of(paper: Citation) -> str:
    """Return a paper's title, or its file's name where none is known."""
    return one_line(paper.title) or one_line(paper.file) or "Untitled"


def doi_of(paper: Citation) -> str:
    """Return a paper's DOI; empty where it has none or what is stated is none."""
    doi = (paper.doi or "").strip()
    return doi if _DOI.fullmatch(doi) else ""


def doi_address(doi: str) -> str:
    """Return the address of a DOI."""
    return f"https://doi.org/{quote(doi)}"


def citation_keys(papers: Sequence[Citation]) -> list[str]:
    """Return a key for each paper: the user's own, or surname and year.

    Where a key is taken, `a`, `b` … follow it; capitals make no other key. Without keys of the
    user's own a paper keeps its key when more papers follow it. Keys that are made here are
    lower-case ASCII letters and digits.
    """
    own = [_own_key(paper) for paper in papers]
    reserved = {key.casefold() for key in own if key}
    taken: set[str] = set()
    keys: list[str] = []
    for paper, known in zip(papers, own, strict=True):
        stem = known or _stem(paper)
        key, turn = stem, 0
        while key.casefold() in taken or (key != known and key.casefold() in reserved):
            key, turn = f"{stem}{_letters(turn)}", turn + 1
        taken.add(key.casefold())
        keys.append(key)
    return keys


def _own_key(paper: Citation) -> str:
    """Return the key in the user's reference manager, if it is one that BibTeX can take."""
    key = paper.citation_key or ""
    return key if _OWN_KEY.fullmatch(key) else ""


def _stem(paper: Citation) -> str:
    author = split_name(paper.authors[0]).sorted_by if paper.authors else ""
    title = re.findall(r"\w{4,}", title_of(paper))
    named = next(filter(None, map(_plain, [author, *title[:1], paper.paper[:8]])), "paper")
    return f"{named[:40]}{paper.year or ''}"


def _plain(text: str) -> str:
    """Return the ASCII letters and digits of a text, without accents."""
    bare = unicodedata.normalize("NFKD", text.lower().translate(_TRANSLITERATED))
    return re.sub(r"[^a-z0-9]", "", bare)


def _letters(place: int) -> str:
    """Return a … z, aa, ab … for places from 0."""
    rest, last = divmod(place, 26)
    return (_letters(rest - 1) if rest else "") + chr(ord("a") + last)
