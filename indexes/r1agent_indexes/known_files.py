"""What an index holds, by path, by content and by paper, kept up while a builder changes it."""

from pathlib import Path

from r1agent_indexes.store import SourceFile, Store
from r1agent_indexes.types import Paper

Known = tuple[Paper, SourceFile]


class KnownFiles:
    """The papers of an index with their files."""

    def __init__(self, store: Store) -> None:
        """Read what the index holds."""
        self._by_id: dict[str, Known] = {}
        self._by_path: dict[Path, str] = {}
        self._by_content: dict[str, str] = {}
        for paper, source in store.sources():
            self.remember(paper, source)

    def at(self, path: Path) -> Known | None:
        """Return the paper that this file held when it was read."""
        return self._by_id.get(self._by_path.get(path, ""))

    def with_content(self, sha256: str) -> Known | None:
        """Return the paper whose file had this content."""
        return self._by_id.get(self._by_content.get(sha256, ""))

    def paper(self, paper: str) -> Paper | None:
        """Return a paper by id."""
        found = self._by_id.get(paper)
        return found[0] if found else None

    def folded_into(self, paper: str) -> list[Known]:
        """Return the near-duplicates that are folded into a paper."""
        return [known for known in self._by_id.values() if known[0].same_as == paper]

    def remember(self, paper: Paper, source: SourceFile) -> None:
        """Take in a paper, in place of what its file held before."""
        self.forget(self._by_path.get(source.path, ""))
        self.forget(paper.id)
        self._by_id[paper.id] = (paper, source)
        self._by_path[source.path] = paper.id
        self._by_content[source.sha256] = paper.id

    def forget(self, paper: str) -> None:
        """Leave out a paper that is gone."""
        found = self._by_id.pop(paper, None)
        if found:
            self._by_path.pop(found[1].path, None)
            self._by_content.pop(found[1].sha256, None)
