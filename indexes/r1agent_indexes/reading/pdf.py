"""A PDF -> one Document a page, or the one reason why it cannot be read."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from r1agent_indexes.reading.messages import read_in_child
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.parsed import ParsedPaper
from r1agent_indexes.reading.pdf_process import PdfProcess


class PdfLoader(BaseLoader):
    """Load a PDF as one Document a page, parsed in a child process."""

    def __init__(self, path: str | Path, *, process: PdfProcess | None = None) -> None:
        """Store the path; `process` is shared by loaders that run one after the other."""
        self._path = Path(path)
        self._process = process

    def lazy_load(self) -> Iterator[Document]:
        """Yield the pages.

        Raises:
            UnreadablePaperError: The file is broken, encrypted, empty or holds images only.
        """
        context = nullcontext(self._process) if self._process else PdfProcess()
        with context as process:
            paper = read_pdf(self._path, process)
        yield from page_documents(self._path, paper.pages, paper.labels, paper.hidden)


def read_pdf(
    path: Path, process: PdfProcess, *, on_page: Callable[[int], None] = lambda _: None
) -> ParsedPaper:
    """Return the lines of a PDF; `on_page` hears the number of pages read so far."""
    return read_in_child(path, process, "pdf", on_page=on_page)
