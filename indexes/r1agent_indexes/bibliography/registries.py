"""Crossref and OpenAlex: what they know of a paper, by DOI, arXiv id or a title that is surely it.

A title alone is no proof, so a work found by title counts only where its title is the same, its
year near, and one of its authors is among the paper's own or stands on its first page.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from r1agent_indexes.bibliography.csl_json import csl_entry
from r1agent_indexes.bibliography.entry import arxiv_id_in, doi_in, people, plain
from r1agent_indexes.bibliography.same_paper import doi_of, folded, same_paper
from r1agent_indexes.bibliography.web import Web
from r1agent_indexes.bibliography.web_errors import WebError
from r1agent_indexes.types import PaperMetadata

_ROWS = "5"
_FIELDS = "DOI,title,subtitle,author,issued,published,container-title,type"
_MOST_FAILURES = 3
"""Requests that fail in a row before a registry is left alone."""
_SHORTEST_TITLE = 15
"""A shorter title is shared by too many works to search by it."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the registries and arXiv are; another one may stand in for each."""

    crossref: str = "https://api.crossref.org"
    openalex: str = "https://api.openalex.org"
    arxiv: str = "https://arxiv.org"


class Registries:
    """Ask Crossref, and OpenAlex for what Crossref does not know.

    Args:
        addresses: Where they are.
        mailto: An address of the user, sent along; those who give one are served first.
        openalex_key: OpenAlex wants a key for more than a few searches a day; it is free.
        web: How to ask, in place of `mailto`; default a request every quarter of a second.
    """

    def __init__(
        self,
        addresses: Addresses | None = None,
        *,
        mailto: str | None = None,
        openalex_key: str | None = None,
        web: Web | None = None,
    ) -> None:
        self.web = web or Web(mailto=mailto)
        self.addresses = addresses or Addresses()
        contact = {"mailto": self.web.mailto} if self.web.mailto else {}
        key = {"api_key": openalex_key} if openalex_key else {}
        self._crossref = _Registry(self.web, self.addresses.crossref, contact)
        self._openalex = _Registry(self.web, self.addresses.openalex, contact | key)

    def facts_for(self, known: PaperMetadata, first_page: str) -> PaperMetadata | None:
        """Return what a registry states of a paper, or None where none surely knows it.

        Raises:
            WebError: A registry gave no usable answer; what it knows is not known.
        """
        doi = doi_of(known)
        if doi:
            found = self._of_doi(doi)
            return found if found is not None and _is_not_another(known, found) else None
        if len(folded(known.title)) < _SHORTEST_TITLE:
            return None
        return next((one for one in self._of_title(known) if _is_it(known, one, first_page)), None)

    def work(self, doi: str) -> Mapping[str, Any] | None:
        """Return OpenAlex's record of a DOI."""
        found = self._openalex.json(f"works/doi:{quote(doi, safe='/')}")
        return found if isinstance(found, dict) else None

    def message(self, doi: str) -> Mapping[str, Any] | None:
        """Return Crossref's record of a DOI."""
        found = self._crossref.json(f"works/{quote(doi, safe='')}")
        message = found.get("message") if isinstance(found, dict) else None
        return message if isinstance(message, dict) else None

    def _of_doi(self, doi: str) -> PaperMetadata | None:
        message = None if doi.startswith("10.48550/") else self.message(doi)  # arXiv's: DataCite
        if message is not None and message.get("title"):
            return csl_entry({**message, "id": ""}).facts
        work = self.work(doi)
        return openalex_facts(work) if work else None

    def _of_title(self, known: PaperMetadata) -> Iterator[PaperMetadata]:
        yield from self._crossref_of_title(known)
        answer = self._openalex.json("works", {"search": known.title, "per-page": _ROWS})
        yield from (openalex_facts(work) for work in _items(answer, "results"))

    def _crossref_of_title(self, known: PaperMetadata) -> Iterator[PaperMetadata]:
        words = " ".join([known.title, *known.authors[:1]])
        query = {"query.bibliographic": words, "rows": _ROWS, "select": _FIELDS}
        answer = self._crossref.json("works", query)
        message = answer.get("message") if isinstance(answer, dict) else None
        yield from (csl_entry({**item, "id": ""}).facts for item in _items(message, "items"))


@dataclass(slots=True)
class _Registry:
    """One registry, which is left alone for the rest of a run when it fails again and again."""

    web: Web
    address: str
    parameters: Mapping[str, str]
    failures: int = 0
    problem: WebError | None = None

    def json(self, path: str, query: Mapping[str, str] | None = None) -> Any:
        if self.problem is not None and self.failures >= _MOST_FAILURES:
            raise self.problem
        try:
            found = self.web.json(f"{self.address}/{path}", {**(query or {}), **self.parameters})
        except WebError as error:
            self.failures, self.problem = self.failures + 1, error
            raise
        self.failures = 0
        return found


def openalex_facts(work: Mapping[str, Any]) -> PaperMetadata:
    """Return a work of OpenAlex as facts."""
    authorships = [one for one in work.get("authorships") or () if isinstance(one, dict)]
    names = ((one.get("author") or {}).get("display_name") or "" for one in authorships)
    place = (work.get("primary_location") or {}).get("source") or {}
    doi, year = doi_in(work.get("doi")), work.get("publication_year")
    return PaperMetadata(
        title=plain(work.get("title") or work.get("display_name")),
        authors=people(plain(name).replace(",", " ") for name in names),
        year=year if isinstance(year, int) else None,
        doi=doi,
        arxiv_id=arxiv_id_in(doi),
        venue=plain(place.get("display_name")) or None,
    )


def _items(answer: object, name: str) -> list[Mapping[str, Any]]:
    items = answer.get(name) if isinstance(answer, dict) else None
    return [item for item in items if isinstance(item, dict)] if isinstance(items, list) else []


def _is_not_another(known: PaperMetadata, found: PaperMetadata) -> bool:
    """Tell whether a record under the paper's DOI may be its own: a page can name other DOIs."""
    words, others = set(folded(known.title).split()), set(folded(found.title).split())
    return bool(words & others) or not words or not others


def _is_it(known: PaperMetadata, found: PaperMetadata, first_page: str) -> bool:
    if not same_paper(known, found) or not found.authors:
        return False
    if known.authors:
        return True  # `same_paper` compared them
    page = set(folded(first_page).split())
    families = {folded(author).split()[-1] for author in found.authors if folded(author)}
    return not families.isdisjoint(page)
