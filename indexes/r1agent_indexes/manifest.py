"""manifest.json: what an index is, for people and for a quick check; written last, atomically."""

import json
import os
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from r1agent_indexes.disk import disk_errors


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """What an index holds; every field can be derived again from `papers.sqlite`."""

    format: int
    embedding_model: str
    dimension: int
    """Length of an embedding; 0 before the first."""
    papers: int
    pages: int
    chunks: int
    revision: int
    """How often the index was written; tells whether `vectors.faiss` is up to date."""
    vectors_sha256: str

    def write(self, path: Path) -> None:
        """Replace the manifest at `path`."""
        text = json.dumps(asdict(self), indent=2) + "\n"
        write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))

    @classmethod
    def read(cls, path: Path) -> "IndexManifest | None":
        """Return the manifest at `path`, None where there is none that makes sense."""
        try:
            found = json.loads(path.read_text(encoding="utf-8"))
        except (FileNotFoundError, ValueError):
            return None
        wanted = {field.name: field.type for field in fields(cls)}
        if not isinstance(found, dict) or set(found) != set(wanted):
            return None
        if any(type(value) is not wanted[name] for name, value in found.items()):
            return None
        return cls(**found)


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` make a file beside `path`, then put it there in one step."""
    with disk_errors(path.parent):
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        os.close(handle)
        part = Path(name)
        try:
            write(part)
            part.chmod(0o666 & ~_umask())
            with part.open("rb") as file:
                os.fsync(file.fileno())
            part.replace(path)
        finally:
            with suppress(FileNotFoundError):
                part.unlink()


def _umask() -> int:
    """Return what the user takes away from the permissions of new files."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
