"""The file vectors.faiss: written whole or not at all, and known by the hash in the manifest."""

import hashlib
import os
from pathlib import Path
from typing import Any

from r1agent_indexes.manifest import IndexManifest, write_atomically

_SECOND = 10**9


class SavedFile:
    """Read and write the index of a folder.

    The nanoseconds of the file's time of change are set from its hash. So it is known as the one
    that the manifest names without being read, which takes 0.7 s for a million passages; a change
    moves that time, a copy that loses it is hashed, and `index check` reads every byte.
    """

    def __init__(self, folder: Path) -> None:
        """Store both places."""
        self._path = folder / "vectors.faiss"
        self._manifest = folder / "manifest.json"

    def manifest(self, *, thorough: bool = False) -> IndexManifest | None:
        """Return the manifest where the file is the one it names, else None.

        Args:
            thorough: Read the whole file to be sure.
        """
        manifest = IndexManifest.read(self._manifest)
        if manifest is None or not self._path.is_file():
            return None
        changed = self._path.stat().st_mtime_ns % _SECOND
        if not thorough and changed == _nanoseconds(manifest.vectors_sha256):
            return manifest
        return manifest if file_sha256(self._path) == manifest.vectors_sha256 else None

    def read(self, *, mapped: bool) -> Any:
        """Return the index; `mapped` ones open at once, share memory, and must not be changed."""
        import faiss

        return faiss.read_index(str(self._path), faiss.IO_FLAG_MMAP_IFC if mapped else 0)

    def write(self, index: Any) -> str:
        """Put an index in the file's place and return the SHA-256."""
        import faiss

        sha256 = ""

        def write(part: Path) -> None:
            nonlocal sha256
            faiss.write_index(index, str(part))
            sha256 = file_sha256(part)
            second = part.stat().st_mtime_ns // _SECOND * _SECOND
            os.utime(part, ns=(second, second + _nanoseconds(sha256)))

        write_atomically(self._path, write)
        return sha256


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _nanoseconds(sha256: str) -> int:
    return int(sha256[:16] or "0", 16) % _SECOND
