"""A file -> its metadata, pages and passages: all that is derived from the file alone."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from langchain_core.documents import Document

from r1agent_indexes.bibliography.front_page import paper_metadata
from r1agent_indexes.reading.chunk import SentenceChunker, without_title_block
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.reading.readers import read_paper
from r1agent_indexes.types import PaperMetadata


@dataclass(frozen=True, slots=True)
class ReadPaper:
    """A paper as it goes into an index; it can be sent between processes and machines."""

    metadata: PaperMetadata
    pages: list[Document]
    passages: list[Document]


def read_passages(
    path: Path, process: PdfProcess, *, on_page: Callable[[int], None] = lambda _: None
) -> ReadPaper:
    """Read a paper and cut it into passages; `on_page` hears how many pages are read.

    Touches no index, so it may run in any thread or process. One `process` parses one file at a
    time: give every thread its own.

    Raises:
        UnreadablePaperError: The file cannot be read; the message is the reason.
    """
    parsed = read_paper(path, process, on_page=on_page)
    pages = page_documents(path, parsed.pages, parsed.labels, parsed.hidden)
    metadata = _metadata(path, parsed)
    passages = SentenceChunker().transform_documents(pages)
    return ReadPaper(metadata, pages, without_title_block(passages, metadata.title))


def _metadata(path: Path, parsed: ParsedPaper) -> PaperMetadata:
    """Return what the file states in fields of its own, the rest from its first page."""
    found = paper_metadata(path, parsed)
    if parsed.metadata is None:
        return found
    names = ("title", "authors", "year", "doi", "arxiv_id", "venue", "tags")
    stated = {name: value for name in names if (value := getattr(parsed.metadata, name))}
    return replace(found, **stated)
