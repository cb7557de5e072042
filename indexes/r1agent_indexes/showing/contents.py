"""What an index holds, with its papers folded in, for notebooks."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from r1agent_indexes.manifest import IndexManifest
from r1agent_indexes.showing.markup import html_folded, html_text, markdown_folded, markdown_text
from r1agent_indexes.types import FailedPaper, Paper

LISTED = 50
"""How many papers, and how many files that could not be read, are listed."""


@dataclass(frozen=True, slots=True)
class Contents:
    """What is shown of an index."""

    path: Path
    manifest: IndexManifest | None
    """None where a closed index has none that can be read."""
    papers: Sequence[Paper] = ()
    """The first of them, by path."""
    failures: Sequence[FailedPaper] = ()
    """All files that could not be read."""
    is_closed: bool = False

    def html(self) -> str:
        """Write it as a piece of HTML: no script, no style sheet, no network."""
        lines = "<br>".join(map(html_text, self._facts()))
        papers = _html_list(map(_paper, self.papers), self._held)
        failures = _html_list(map(_failure, self.failures[:LISTED]), len(self.failures))
        return (
            f'<div class="r1agent-index"><p><b>{html_text(self.path)}</b><br>{lines}</p>'
            f"{html_folded(self._papers, papers) if self.papers else ''}"
            f"{html_folded(self._failed, failures) if self.failures else ''}</div>"
        )

    def markdown(self) -> str:
        """Write it as Markdown; the lists fold where HTML is understood."""
        papers = _markdown_list(map(_paper, self.papers), self._held)
        failures = _markdown_list(map(_failure, self.failures[:LISTED]), len(self.failures))
        blocks = [
            f"**{markdown_text(self.path)}**",
            *map(markdown_text, self._facts()),
            markdown_folded(self._papers, [papers]) if self.papers else "",
            markdown_folded(self._failed, [failures]) if self.failures else "",
        ]
        return "\n\n".join(filter(None, blocks)) + "\n"

    def _facts(self) -> list[str]:
        closed = ["Closed; open it again to search it."] if self.is_closed else []
        held = self.manifest
        if held is None:
            return closed
        counts = [
            _counted(held.papers, "paper"),
            _counted(held.pages, "page"),
            _counted(held.chunks, "passage"),
            f"{_size(self.path) / 1e6:.1f} MB",
        ]
        dimension = f", {held.dimension} dimensions" if held.dimension else ""
        return [" · ".join(counts), f"Embeddings: {held.embedding_model}{dimension}", *closed]

    @property
    def _held(self) -> int:
        return self.manifest.papers if self.manifest else 0

    @property
    def _papers(self) -> str:
        return f"Papers ({self._held:,})"

    @property
    def _failed(self) -> str:
        return f"Could not be read ({len(self.failures):,})"


def _paper(paper: Paper) -> tuple[str, str]:
    known = paper.metadata
    by = f"{known.authors[0]} et al." if len(known.authors) > 3 else ", ".join(known.authors)
    year = f"({known.year})" if known.year else ""
    passages = _counted(paper.chunks, "passage")
    held = f"same as {paper.same_as}" if paper.same_as else passages
    about = [" ".join(filter(None, [by, year])), paper.file, _counted(paper.pages, "page"), held]
    return paper.title, ", ".join(filter(None, about))


def _failure(failed: FailedPaper) -> tuple[str, str]:
    return failed.file, failed.reason


def _html_list(items: Iterable[tuple[str, str]], count: int) -> str:
    rows = [
        f"<li>{html_text(name)} <small>{html_text(about)}</small></li>" for name, about in items
    ]
    return f"<ol>{''.join(rows)}</ol>{_rest(count - len(rows))}"


def _markdown_list(items: Iterable[tuple[str, str]], count: int) -> str:
    rows = [f"- {markdown_text(name)}: {markdown_text(about)}" for name, about in items]
    rest = _rest(count - len(rows))
    return "\n".join(rows) + (f"\n\n{rest}" if rest else "")


def _rest(count: int) -> str:
    return f"and {count:,} more" if count > 0 else ""


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
