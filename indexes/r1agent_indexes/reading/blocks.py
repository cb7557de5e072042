"""What files without pages are made of, and how their blocks become pages.

HTML, LaTeX, XML, text and Markdown have no pages. A citation needs a place that can be found and
read at a glance, so blocks are gathered into pages of about 3,000 characters, like a printed one.
A page ends at the end of a paragraph, and before a section where the page is half full. Page marks
that a file has of its own (form feeds, TEI page breaks) are kept instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from r1agent_indexes.reading.sentences import sentence_spans

Role = Literal["", "text", "heading", "reference", "hidden", "page"]
PAGE = 3000
"""Characters on a page."""


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a section title, a reference, a hidden text or a page mark."""

    text: str
    role: Role = "text"
    """"" leaves it to the looks of the line; the text of a "page" is the label of the page."""


class RefusedFileError(Exception):
    """Say why a file is not read."""


@dataclass(slots=True)
class StructuredPaper:
    """The blocks of a paper and the facts that its format has fields for."""

    blocks: list[Block]
    facts: dict[str, Any] = field(default_factory=dict)
    """Any of title, authors, year, doi, arxiv_id, venue and tags."""


@dataclass(slots=True)
class BlockPage:
    """One page of blocks."""

    label: str
    blocks: list[Block] = field(default_factory=list)
    length: int = 0
    """Characters on it that can be seen."""

    def put(self, *blocks: Block) -> None:
        """Add blocks at the end."""
        self.blocks += blocks
        self.length += sum(len(block.text) + 2 for block in blocks if block.role != "hidden")

    def lines(self) -> list[tuple[str, str]]:
        """Return `(text, role)` of every line, with an empty line between blocks."""
        found: list[tuple[str, str]] = []
        for block in self.blocks:
            if block.role == "hidden":
                continue
            first, *rest = block.text.split("\n")
            after = "continued" if block.role == "heading" else block.role
            found += [("", "text")] if found else []
            found += [(first, block.role), *((line, after) for line in rest)]
        return found

    def hidden(self) -> str:
        """Return what a reader of the page cannot see."""
        return "\n".join(block.text for block in self.blocks if block.role == "hidden")


def paged(blocks: Sequence[Block]) -> list[BlockPage]:
    """Gather blocks into pages; where there are page marks, these alone make the pages."""
    if any(block.role == "page" for block in blocks):
        return _marked(blocks)
    pages = [BlockPage("1")]
    for block in _short(blocks):
        page = pages[-1]
        begins_section = block.role == "heading" or block.text.startswith("#")
        full = PAGE // 2 if begins_section else PAGE - len(block.text)
        if page.length > full and _has_text(page):
            pages.append(BlockPage(str(len(pages) + 1)))
            pages[-1].put(*_taken_titles(page))
        pages[-1].put(block)
    return [page for page in pages if page.blocks]


def _marked(blocks: Sequence[Block]) -> list[BlockPage]:
    pages = [BlockPage("1")]
    for block in blocks:
        if block.role != "page":
            pages[-1].put(block)
        elif len(pages) == 1 and not pages[0].blocks:
            pages[0].label = block.text or "1"
        else:
            pages.append(BlockPage(block.text or str(len(pages) + 1)))
    return pages


def _has_text(page: BlockPage) -> bool:
    return any(block.role in ("", "text", "reference") for block in page.blocks)


def _taken_titles(page: BlockPage) -> list[Block]:
    """Take the section titles from the foot of a page: they belong to what follows."""
    taken: list[Block] = []
    while len(page.blocks) > 1 and page.blocks[-1].role == "heading":
        taken.insert(0, page.blocks.pop())
    return taken


def _short(blocks: Sequence[Block]) -> Iterator[Block]:
    """Yield blocks, those of more than two pages in pieces that end with a line or a sentence."""
    for block in blocks:
        if len(block.text) <= 2 * PAGE or block.role in ("heading", "hidden"):
            yield block
            continue
        for piece in _pieces(block.text):
            yield Block(piece, block.role)


def _pieces(text: str) -> Iterator[str]:
    start = last = 0
    for _, end in sentence_spans(text):
        if end - start > PAGE and last > start:
            yield text[start:last].strip("\n ")
            start = last
        last = end
    yield text[start:].strip("\n ")
