"""Open PDFs by arXiv id, DOI or address, into a folder."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from r1agent_indexes.bibliography.csl_json import csl_entry
from r1agent_indexes.bibliography.download import Download, forget
from r1agent_indexes.bibliography.file_names import file_name, free_names, name_of_address
from r1agent_indexes.bibliography.registries import Addresses, Registries, openalex_facts
from r1agent_indexes.bibliography.wanted import WantedPaper, wanted_paper
from r1agent_indexes.bibliography.web import Web
from r1agent_indexes.bibliography.web_errors import WebError
from r1agent_indexes.errors import PaperIndexError, UnreadablePaperError

ARXIV_PAUSE = 3.0
"""Seconds between two requests, as arXiv asks of programs."""


@dataclass(frozen=True, slots=True)
class FetchProgress:
    """A moment of `fetch_papers`."""

    paper: int
    """Number of the paper in hand, from 1."""
    of: int
    asked: str
    bytes: int = 0
    whole: int | None = None
    """How many bytes there are, where the server says so."""


@dataclass(frozen=True, slots=True)
class FetchedPaper:
    """A paper that is in the folder now."""

    asked: str
    path: Path
    url: str = ""
    """Where it came from; empty where it was there before."""


@dataclass(frozen=True, slots=True)
class FetchFailure:
    """A paper that could not be had, and why."""

    asked: str
    reason: str


@dataclass(frozen=True, slots=True)
class FetchReport:
    """What `fetch_papers` did with each paper."""

    fetched: list[FetchedPaper] = field(default_factory=list)
    there: list[FetchedPaper] = field(default_factory=list)
    """Papers that were in the folder before."""
    failed: list[FetchFailure] = field(default_factory=list)


def fetch_papers(
    wanted: Sequence[str],
    folder: str | Path,
    *,
    addresses: Addresses | None = None,
    mailto: str | None = None,
    openalex_key: str | None = None,
    pause: float = ARXIV_PAUSE,
    most_bytes: int = 200 << 20,
    on_progress: Callable[[FetchProgress], None] = lambda _progress: None,
) -> FetchReport:
    """Fetch open PDFs into a folder; what is there already is not fetched again.

    Args:
        wanted: `arxiv:ID`, `doi:10.…`, ids alone, or addresses of PDFs.
        folder: Where they go; it is made if it is not there and anything comes.
        addresses: Where arXiv, OpenAlex and Crossref are; default the public ones.
        mailto: An address to send along to Crossref and OpenAlex.
        openalex_key: A key of OpenAlex, which is free.
        pause: Seconds between two requests to one host.
        most_bytes: How large a PDF may be.
        on_progress: Hears of each paper, and of each block that arrives.

    Raises:
        PaperIndexError: `folder` is a file.
    """
    to = Path(folder).expanduser()
    if to.exists() and not to.is_dir():
        raise PaperIndexError(f"{str(to)!r} is a file; name a folder for the papers.")
    is_new = not to.exists()
    to.mkdir(parents=True, exist_ok=True)
    where = addresses or Addresses()
    report = FetchReport()
    with Web(pause=pause) as files, Web(mailto=mailto) as look_ups:
        allowed = {urlsplit(url).netloc for url in (where.arxiv, where.openalex, where.crossref)}
        registries = Registries(where, openalex_key=openalex_key, web=look_ups)
        fetcher = _Fetcher(to, where, registries, Download(files, allowed, most_bytes))
        for number, asked in enumerate(wanted, 1):
            tell = _Teller(FetchProgress(number, len(wanted), asked), on_progress)
            on_progress(tell.now)
            try:
                paper = fetcher.fetch(wanted_paper(asked), tell)
            except (WebError, PaperIndexError) as error:
                report.failed.append(FetchFailure(asked, str(error)))
            else:
                (report.fetched if paper.url else report.there).append(paper)
    if is_new and not any(to.iterdir()):
        to.rmdir()
    return report


@dataclass(frozen=True, slots=True)
class _Teller:
    now: FetchProgress
    hear: Callable[[FetchProgress], None]

    def __call__(self, arrived: int, whole: int | None) -> None:
        now = self.now
        self.hear(FetchProgress(now.paper, now.of, now.asked, arrived, whole))


@dataclass(frozen=True, slots=True)
class _Source:
    name: str
    urls: list[str]
    closed: str = ""
    """What to say where there is no address."""


@dataclass(frozen=True, slots=True)
class _Fetcher:
    folder: Path
    addresses: Addresses
    registries: Registries
    download: Download

    def fetch(self, wanted: WantedPaper, tell: _Teller) -> FetchedPaper:
        """Return the paper in the folder, fetched unless it was there."""
        source = self._source(wanted)
        there = self.folder / f"{source.name}.pdf"
        if wanted.kind != "url" and _is_pdf(there):
            return FetchedPaper(wanted.asked, there)
        if not source.urls:
            raise WebError(source.closed)
        problems: list[str] = []
        for url in source.urls:
            part = self.folder / f".{hashlib.sha256(url.encode()).hexdigest()[:16]}.part"
            try:
                came_from = self.download.fetch(url, part, tell)
            except WebError as error:
                problems.append(f"{urlsplit(url).hostname} {error}")
            except UnreadablePaperError as error:
                forget(part)
                problems.append(f"{urlsplit(url).hostname} sent a PDF that {error}")
            else:
                return self._kept(wanted.asked, part, source.name, came_from)
        raise WebError("; ".join(problems))

    def _source(self, wanted: WantedPaper) -> _Source:
        match wanted.kind:
            case "arxiv":
                url = f"{self.addresses.arxiv}/pdf/{wanted.value}"
                return _Source(wanted.value.replace("/", "-"), [url])
            case "url":
                return _Source(name_of_address(wanted.value), [wanted.value])
            case _:
                return self._source_of_doi(wanted.value)

    def _source_of_doi(self, doi: str) -> _Source:
        """Return the open addresses of a DOI: OpenAlex's best first, then Crossref's links."""
        problems: list[str] = []
        work = _told(lambda: self.registries.work(doi), problems)
        urls = list(dict.fromkeys(_open_addresses(work or {})))
        message = None if urls else _told(lambda: self.registries.message(doi), problems)
        if work is None and message is None:
            nobody = f"neither OpenAlex nor Crossref knows the DOI {doi!r}; check its spelling"
            raise WebError("; ".join(problems) or nobody)
        urls += [url for url in _links(message or {}) if url not in urls]
        facts = openalex_facts(work) if work else csl_entry({**(message or {}), "id": ""}).facts
        closed = (
            f"no open PDF of {facts.title or doi!r} is known to OpenAlex or Crossref; get it from "
            f"https://doi.org/{doi} and put it into the folder"
        )
        return _Source(file_name(facts) or re.sub(r"[^\w.-]+", "_", doi), urls, closed)

    def _kept(self, asked: str, part: Path, name: str, url: str) -> FetchedPaper:
        """Give a file its name, or another one where that is taken by another content."""
        content = part.read_bytes()
        for path in free_names(self.folder, name):
            if not path.exists():
                part.rename(path)
                return FetchedPaper(asked, path, url)
            if path.is_file() and path.read_bytes() == content:
                part.unlink()
                return FetchedPaper(asked, path)
        raise AssertionError("the names never end")


def _is_pdf(path: Path) -> bool:
    with suppress(OSError), path.open("rb") as file:
        return b"%PDF-" in file.read(1024)
    return False


def _told(
    ask: Callable[[], Mapping[str, Any] | None], problems: list[str]
) -> Mapping[str, Any] | None:
    """Return what a registry answers; what keeps it from that goes to the problems."""
    try:
        return ask()
    except WebError as error:
        problems.append(str(error))
        return None


def _open_addresses(work: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of open PDFs that OpenAlex knows, the best first."""
    others = [one for one in work.get("locations") or () if isinstance(one, dict)]
    best = work.get("best_oa_location")
    for place in [best if isinstance(best, dict) else {}, *others]:
        url = place.get("pdf_url")
        if url and (place is best or place.get("is_oa")):
            yield str(url)


def _links(message: Mapping[str, Any]) -> Iterator[str]:
    """Yield the addresses of PDFs that a publisher gave Crossref."""
    for link in message.get("link") or ():
        if isinstance(link, dict) and link.get("content-type") == "application/pdf":
            yield str(link.get("URL") or "")
