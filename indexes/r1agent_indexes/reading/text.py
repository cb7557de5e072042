"""A text or Markdown file -> one Document a page; a form feed starts a new page."""

from collections.abc import Iterator
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.normalise import Line, clean
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.pdf import ParsedPaper


class TextLoader(BaseLoader):
    """Load a `.txt` or `.md` file as one Document a page."""

    def __init__(self, path: str | Path) -> None:
        """Store the path."""
        self._path = Path(path)

    def lazy_load(self) -> Iterator[Document]:
        """Yield the pages.

        Raises:
            UnreadablePaperError: The file is empty or not UTF-8 text.
        """
        paper = read_text(self._path)
        yield from page_documents(self._path, paper.pages, paper.labels)


def read_text(path: Path) -> ParsedPaper:
    """Return the lines of a text file."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePaperError(
            f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    if not text.strip():
        raise UnreadablePaperError("is empty (no text in it)")
    pages = [
        [Line(line) for line in clean(page).split("\n")] for page in text.strip("\f").split("\f")
    ]
    return ParsedPaper(pages, [str(number) for number in range(1, len(pages) + 1)])
