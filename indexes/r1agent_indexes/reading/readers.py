"""Which reader reads which file."""

from collections.abc import Callable, Iterator
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.messages import read_in_child
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.reading.text import read_text

_PARSERS = {
    ".pdf": "pdf",
    ".html": "html",
    ".htm": "html",
    ".tex": "latex",
    ".xml": "xml",
    ".nxml": "xml",
}
"""The parser of the child process for each ending; `.xml` is JATS or TEI by its content."""
_TEXTS = (".txt", ".md")
KINDS = (".pdf", *_TEXTS, *(ending for ending in _PARSERS if ending != ".pdf"))
"""The endings of files that are papers."""


def read_paper(
    path: Path, process: PdfProcess, *, on_page: Callable[[int], None] = lambda _: None
) -> ParsedPaper:
    """Return the lines of a paper of any kind; `on_page` hears how many pages are read.

    Raises:
        UnreadablePaperError: The file is broken, empty, or none of the known kinds.
    """
    ending = path.suffix.lower()
    if ending in _TEXTS:
        return read_text(path)
    if ending not in _PARSERS:
        raise UnreadablePaperError(f"is none of {', '.join(KINDS)}")
    return read_in_child(path, process, _PARSERS[ending], on_page=on_page)


class PaperLoader(BaseLoader):
    """Load a paper of any known kind as one Document a page."""

    def __init__(self, path: str | Path) -> None:
        """Store the path; its ending tells the kind."""
        self._path = Path(path)

    def lazy_load(self) -> Iterator[Document]:
        """Yield the pages.

        Raises:
            UnreadablePaperError: The file cannot be read; the message is the reason.
        """
        with PdfProcess() as process:
            paper = read_paper(self._path, process)
        yield from page_documents(self._path, paper.pages, paper.labels, paper.hidden)
