"""What a user asks for -> an arXiv id, a DOI or an address."""

import re
from dataclasses import dataclass
from typing import Literal
from urllib.parse import unquote, urlsplit

from r1agent_indexes.bibliography.entry import bare_arxiv_id, doi_in
from r1agent_indexes.errors import PaperIndexError

_ARXIV_PAGE = re.compile(r"/(?:abs|pdf|html)/(.+?)(?:\.pdf)?/?")


@dataclass(frozen=True, slots=True)
class WantedPaper:
    """One paper to fetch."""

    asked: str
    """As the user wrote it."""
    kind: Literal["arxiv", "doi", "url"]
    value: str


def wanted_paper(asked: str) -> WantedPaper:
    """Read `arxiv:1503.02531`, `doi:10.1000/x`, an address, or an id alone.

    Raises:
        PaperIndexError: It is none of these.
    """
    text = asked.strip()
    scheme, _, rest = text.partition(":")
    if scheme.lower() in ("http", "https"):
        return _of_address(text)
    if scheme.lower() == "doi" or text.startswith("10."):
        doi = doi_in(rest if scheme.lower() == "doi" else text)
        if doi:
            return _of_doi(asked, doi)
    elif arxiv_id := _arxiv_id(text):
        return WantedPaper(asked, "arxiv", arxiv_id)
    raise PaperIndexError(
        f"{asked!r} names no paper. Give `arxiv:1503.02531`, `doi:10.1000/example`, or the "
        "https address of a PDF."
    )


def _arxiv_id(text: str) -> str | None:
    """Return an arXiv id with its version, if it has one."""
    plain = re.sub(r"^arxiv:\s*", "", text, flags=re.IGNORECASE)
    return plain.lower() if bare_arxiv_id(plain) and " " not in plain else None


def _of_address(text: str) -> WantedPaper:
    try:
        parts = urlsplit(text)
        host = (parts.hostname or "").lower()
    except ValueError:
        host = ""
    if not host:
        raise PaperIndexError(f"{text!r} is no address. Give one such as https://example.org/a.pdf")
    if host in ("doi.org", "dx.doi.org", "www.doi.org") and (doi := doi_in(unquote(parts.path))):
        return _of_doi(text, doi)
    page = _ARXIV_PAGE.fullmatch(parts.path) if host in ("arxiv.org", "www.arxiv.org") else None
    if page and (arxiv_id := _arxiv_id(page[1])):
        return WantedPaper(text, "arxiv", arxiv_id)
    return WantedPaper(text, "url", text)


def _of_doi(asked: str, doi: str) -> WantedPaper:
    if doi.startswith("10.48550/arxiv."):
        return WantedPaper(asked, "arxiv", doi.removeprefix("10.48550/arxiv."))
    return WantedPaper(asked, "doi", doi)
