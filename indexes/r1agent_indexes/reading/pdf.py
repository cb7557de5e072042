"""A PDF -> one Document a page, or the one reason why it cannot be read."""

from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.normalise import Line, clean
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.pdf_process import Message, PdfProcess

_REASONS = {
    "zero bytes": "is empty (zero bytes)",
    "encrypted": "is encrypted and needs a password; save a copy without one",
    "memory": "needs more memory to parse than it may have",
}


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
        yield from page_documents(self._path, paper.pages, paper.labels)


@dataclass(frozen=True, slots=True)
class ParsedPaper:
    """The lines of every page, with the metadata that the file itself states."""

    pages: list[list[Line]]
    labels: list[str]
    stated: dict[str, str] = field(default_factory=dict)
    """The document information of a PDF: Title, Author, Subject, …"""


def read_pdf(
    path: Path, process: PdfProcess, on_page: Callable[[int], None] = lambda _: None
) -> ParsedPaper:
    """Return the lines of a PDF; `on_page` hears the number of pages read so far."""
    pages: list[list[Line]] = []
    labels: list[str] = []
    stated: dict[str, str] = {}
    images = 0
    for message in process.messages(path, on_wait=lambda: on_page(len(pages))):
        if message["kind"] == "error":
            raise UnreadablePaperError(_reason(message))
        if message["kind"] == "info":
            stated = {key: clean(value).strip() for key, value in message["metadata"].items()}
        if message["kind"] == "page":
            pages.append([Line(clean(text), size, bold) for text, size, bold in message["lines"]])
            labels.append(clean(message["label"]))
            images += message["images"]
            on_page(len(pages))
    _require_text(pages, images)
    return ParsedPaper(pages, labels, stated)


def _reason(message: Message) -> str:
    return _REASONS.get(message["code"]) or f"is broken, or no PDF ({message['detail'][:120]})"


def _require_text(pages: list[list[Line]], images: int) -> None:
    if not pages:
        raise UnreadablePaperError("is empty (it has no pages)")
    if any(line.text.strip() for lines in pages for line in lines):
        return
    held = "images only" if images else "nothing"
    count = f"{len(pages)} page{'s' if len(pages) > 1 else ''}"
    raise UnreadablePaperError(
        f"has no text layer: its {count} hold {held}; run OCR on it first (for example `ocrmypdf`)"
    )
