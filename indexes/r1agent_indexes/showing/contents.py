"""What an index holds, with its papers folded in, for notebooks."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from r1agent_indexes.manifest import IndexManifest
from r1agent_indexes.showing.lists import (
    LISTED,
    counted,
    failure_item,
    html_list,
    markdown_list,
    paper_item,
)
from r1agent_indexes.showing.markup import html_folded, html_text, markdown_folded, markdown_text
from r1agent_indexes.types import FailedPaper, Paper


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
        papers = html_list(map(paper_item, self.papers), self._held)
        failures = html_list(map(failure_item, self.failures[:LISTED]), len(self.failures))
        return (
            f'<div class="r1agent-index"><p><b>{html_text(self.path)}</b><br>{lines}</p>'
            f"{html_folded(self._papers, papers) if self.papers else ''}"
            f"{html_folded(self._failed, failures) if self.failures else ''}</div>"
        )

    def markdown(self) -> str:
        """Write it as Markdown; the lists fold where HTML is understood."""
        papers = markdown_list(map(paper_item, self.papers), self._held)
        failures = markdown_list(map(failure_item, self.failures[:LISTED]), len(self.failures))
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
            counted(held.papers, "paper"),
            counted(held.pages, "page"),
            counted(held.chunks, "passage"),
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


def _size(folder: Path) -> int:
    """Return the bytes of all files in a folder."""
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
