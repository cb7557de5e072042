"""A text or Markdown file -> one Document a page; a form feed starts a new page.

Without form feeds, pages are made as for other files that have none (`blocks.py`).
"""

import re
from collections.abc import Iterator
from pathlib import Path

from langchain_core.document_loaders import BaseLoader
from langchain_core.documents import Document

from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.blocks import Block, paged
from r1agent_indexes.reading.front_matter import split_front_matter
from r1agent_indexes.reading.normalise import Line, clean
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.parsed import ParsedPaper

_LARGEST = 64 << 20


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
    if path.stat().st_size > _LARGEST:
        raise UnreadablePaperError(f"is larger than the {_LARGEST >> 20} MB that a text may have")
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadablePaperError(
            f"is not UTF-8 text (byte {error.start}); save it as UTF-8"
        ) from error
    if not text.strip():
        raise UnreadablePaperError("is empty (no text in it)")
    text, metadata = text.replace("\r\n", "\n").replace("\r", "\n"), None
    if path.suffix.lower() == ".md":
        text, metadata = split_front_matter(text)
    if not text.strip():
        raise UnreadablePaperError("is empty (no text behind the facts at its head)")
    pages = paged(_blocks(text))
    lines = [[Line(clean(line)) for line, _ in page.lines()] for page in pages]
    return ParsedPaper(lines, [page.label for page in pages], metadata=metadata)


def _blocks(text: str) -> list[Block]:
    """Return the paragraphs; between form feeds everything stays as it is."""
    if "\f" in text.strip("\f"):
        parts = enumerate(text.strip("\f").split("\f"), 1)
        return [one for n, part in parts for one in (Block(str(n), "page"), Block(part, ""))]
    paragraphs = (part.strip("\n") for part in re.split(r"\n(?:[ \t]*\n)+", text.strip("\f")))
    return [Block(part, "") for part in paragraphs if part]
