"""Where a model's files lie in the cache, and the record that says they were checked."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from r1agent.models.registry import ModelEntry

_BLOCK = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Store:
    """The cache's folder for one model.

    `<cache>/weights/<name>/` holds the file (or `files/`), `verified.json`, and while a pull is
    under way `partial/`. Whatever carries the final name is whole and checked.
    """

    entry: ModelEntry
    cache: Path

    @property
    def folder(self) -> Path:
        """The model's own folder."""
        return self.cache / "weights" / self.entry.name

    @property
    def final(self) -> Path:
        """The GGUF file, or the folder of safetensors."""
        return self.folder / (self.entry.file or "files")

    @property
    def partial(self) -> Path:
        """What has arrived so far: always a beginning of `final`, or a folder of such files."""
        return self.folder / "partial" / (self.entry.file or "files")

    @property
    def staging(self) -> Path:
        """Wheels on their way."""
        return self.folder / "partial" / "wheels"

    @property
    def lock(self) -> Path:
        """Held by the one pull that may write here."""
        return self.cache / "weights" / f"{self.entry.name}.lock"

    def held(self) -> Path | None:
        """Return the weights if they are here, of the right size, and were checked once."""
        checksums = self._recorded()
        if checksums is None or not self._is_pinned_file(checksums):
            return None
        sizes_fit = all(_size(self._located(name)) == c.size for name, c in checksums.items())
        return self.final if sizes_fit else None

    def intact(self, advance: Callable[[int], None]) -> bool:
        """Hash every file again and say whether all are as recorded."""
        checksums = self._recorded() or {}
        return bool(checksums) and all(
            checksum.matches(self._located(name), advance) for name, checksum in checksums.items()
        )

    def accept(self, checksums: Mapping[str, Checksum]) -> Path:
        """Move the checked partial to its final name in one step and record its checksums."""
        self._record.unlink(missing_ok=True)
        if self.final.is_dir():
            shutil.rmtree(self.final)
        self.partial.replace(self.final)
        rows = {name: [c.kind, c.value, c.size] for name, c in checksums.items()}
        draft = self._record.with_suffix(".partial")
        draft.write_text(json.dumps(rows, indent=1), encoding="utf-8")
        draft.replace(self._record)
        shutil.rmtree(self.folder / "partial", ignore_errors=True)
        return self.final

    def discard(self) -> None:
        """Remove the weights and their record; what is partial stays."""
        self._record.unlink(missing_ok=True)
        if self.final.is_dir():
            shutil.rmtree(self.final)
        self.final.unlink(missing_ok=True)

    @property
    def _record(self) -> Path:
        return self.folder / "verified.json"

    def _recorded(self) -> dict[str, Checksum] | None:
        try:
            rows = json.loads(self._record.read_text(encoding="utf-8"))
            return {name: Checksum(*row) for name, row in rows.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return None  # no record, or a damaged one: pull again, the hash decides

    def _is_pinned_file(self, checksums: Mapping[str, Checksum]) -> bool:
        if self.entry.file is None or self.entry.sha256 is None:
            return True
        recorded = checksums.get(self.entry.file)
        return recorded is not None and recorded.value == self.entry.sha256

    def _located(self, name: str) -> Path:
        return self.final if self.entry.file else self.final / name


@dataclass(frozen=True, slots=True)
class Checksum:
    """What a file's content must hash to."""

    kind: str
    """`sha256`, or `git`: SHA-1 of the git blob, which the hub states for small files."""
    value: str
    size: int

    def matches(self, path: Path, advance: Callable[[int], None]) -> bool:
        """Hash `path`; `advance` is told the bytes as they are read."""
        return _size(path) == self.size and self.of(path, advance) == self.value

    def of(self, path: Path, advance: Callable[[int], None]) -> str:
        """Return the hash of `path`, of this kind."""
        if self.kind == "sha256":
            digest = hashlib.sha256()
        else:
            header = f"blob {self.size}\0".encode()
            digest = hashlib.sha1(header, usedforsecurity=False)
        with path.open("rb") as file:
            while block := file.read(_BLOCK):
                digest.update(block)
                advance(len(block))
        return digest.hexdigest()


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None
