"""vectors.faiss: an exact inner-product index, derived from the database and never trusted more.

It is keyed by the passages' keys, which only grow. So an older file, or one that another process
has written past, is brought up to date by reading what came after its last key.
"""

import hashlib
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from r1agent_indexes.manifest import IndexManifest, write_atomically
from r1agent_indexes.store import Store, Vectors

if TYPE_CHECKING:
    from faiss import IndexIDMap2

_SMALL = 200_000
"""Vectors below which a second OpenMP thread costs more than it brings."""


class FaissIndex:
    """Find the passages nearest to a question; up to date with the database at every search."""

    def __init__(self, folder: Path, store: Store) -> None:
        """Store both places; the file is read at the first search."""
        self._path = folder / "vectors.faiss"
        self._manifest = folder / "manifest.json"
        self._store = store
        self._index: IndexIDMap2 | None = None
        self._last_key = 0
        self._revision = -1
        self._lock = threading.Lock()

    def search(
        self, vector: Vectors, *, k: int, keys: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return keys and inner products, best first, among `keys` if given.

        Args:
            vector: `(d,)` float32 of unit length.
            k: How many, at most.
            keys: Look among these only.
        """
        import faiss

        with self._lock:
            index = self._current()
            if index is None or not index.ntotal or k < 1:
                return []
            if index.ntotal < _SMALL:
                faiss.omp_set_num_threads(1)
            parameters = _only(keys) if keys is not None else None
            scores, found = index.search(vector[None], min(k, index.ntotal), params=parameters)
        pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
        return [(key, score) for key, score in pairs if key >= 0]

    def save(self) -> str:
        """Write the index as it should be now and return the file's SHA-256."""
        import faiss

        with self._lock:
            index = self._current() or _empty(1)
        write_atomically(self._path, lambda part: faiss.write_index(index, str(part)))
        return file_sha256(self._path)

    def is_saved(self) -> bool:
        """Tell whether the file on disk is the one that the manifest names."""
        manifest = IndexManifest.read(self._manifest)
        if manifest is None or not self._path.is_file():
            return False
        return file_sha256(self._path) == manifest.vectors_sha256

    def forget(self) -> None:
        """Drop what is in memory, so that the next search derives everything again."""
        with self._lock:
            self._index, self._revision, self._last_key = None, -1, 0

    def problem(self) -> str | None:
        """Return what is wrong with the file, compared with every stored embedding."""
        if self._store.dimension() == 0:
            return None
        index = self._from_file()
        if index is None:
            return "`vectors.faiss` is missing, damaged or not the one the manifest names"
        keys, vectors = self._store.vectors_after(0)
        if not np.array_equal(_ids(index), keys):
            return f"`vectors.faiss` holds {index.ntotal} passages, the database {len(keys)}"
        if len(keys) and not np.array_equal(_flat(index).reconstruct_n(0, len(keys)), vectors):
            return "`vectors.faiss` holds other embeddings than the database"
        return None

    def _current(self) -> "IndexIDMap2 | None":
        """Return the index with everything that is in the database, None before the first."""
        revision, dimension = self._store.revision(), self._store.dimension()
        if revision == self._revision or dimension == 0:
            return self._index
        if self._index is None:
            self._index = self._from_file() or _empty(dimension)
        ids = _ids(self._index)
        self._last_key = int(ids[-1]) if len(ids) else 0
        self._append()
        if self._index.ntotal != self._store.number("SELECT count(*) FROM chunks"):
            self._index, self._last_key = _empty(dimension), 0
            self._append()
        self._revision = revision
        return self._index

    def _append(self) -> None:
        keys, vectors = self._store.vectors_after(self._last_key)
        if len(keys) and self._index is not None:
            self._index.add_with_ids(vectors, keys)
            self._last_key = int(keys[-1])

    def _from_file(self) -> "IndexIDMap2 | None":
        """Return the index on disk if it is the one that the manifest was written for."""
        import faiss

        if not self.is_saved():
            return None
        index: Any = faiss.read_index(str(self._path))
        return index if index.d == self._store.dimension() else None


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _empty(dimension: int) -> "IndexIDMap2":
    import faiss

    return faiss.IndexIDMap2(faiss.IndexFlatIP(dimension))


def _only(keys: Sequence[int]) -> Any:
    import faiss

    parameters: Any = faiss.SearchParameters
    return parameters(sel=faiss.IDSelectorBatch(np.asarray(keys, dtype=np.int64)))


def _ids(index: "IndexIDMap2") -> Any:
    import faiss

    return faiss.vector_to_array(index.id_map)


def _flat(index: "IndexIDMap2") -> Any:
    import faiss

    return faiss.downcast_index(index.index)
