"""vectors.faiss: derived from the database and never trusted more; see `faiss_kinds` for kinds.

It is keyed by the passages' keys, which only grow. What was added since the file was written is
compared directly, what was taken out is passed over, and `save` brings both into the file.
"""

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from numpy.typing import NDArray

from r1agent_indexes.store import Store, Vectors
from r1agent_indexes.vectors.comparing import holds_other_embeddings, keys_in
from r1agent_indexes.vectors.faiss_kinds import (
    EXACT,
    Kind,
    build,
    choose_kind,
    empty_index,
    fits,
    kind_of,
)
from r1agent_indexes.vectors.gpu import (
    GpuIndex,
    GpuOptions,
    GpuPlan,
    free_memory,
    gpus_here,
    has_graph,
    plan_gpu,
)
from r1agent_indexes.vectors.saved_file import SavedFile
from r1agent_indexes.vectors.searching import Keys, compared, search_index

_FEW = 1_000
"""Passages to search among that are quicker read from the database than found in the index."""
_MANY = 100
"""Asked for so many, 8-bit codes are right enough: the caller compares them once more itself."""
_MOST_CHANGES = 10_000
"""Passages put in and taken out since the index was built that a search puts up with."""

Found = list[tuple[int, float]]


def _no_keys() -> NDArray[np.int64]:
    return np.zeros(0, dtype=np.int64)


@dataclass(frozen=True, slots=True)
class _State:
    """What is searched, at one revision; never changed, so that threads can share it."""

    revision: int
    index: Any
    saved: str = ""
    """SHA-256 of the file that `index` was read from."""
    gone: NDArray[np.int64] = field(default_factory=_no_keys)
    fresh: NDArray[np.int64] = field(default_factory=_no_keys)
    vectors: Vectors | None = None
    """Embeddings of `fresh`."""
    gpu: GpuIndex | None = None
    """The same passages on graphics cards."""


class FaissIndex:
    """Find the passages nearest to a question; up to date with the database at every search."""

    def __init__(
        self,
        folder: Path,
        store: Store,
        *,
        exact: int = EXACT,
        gpu: GpuOptions | None = None,
    ) -> None:
        """Store both places; the file is read at the first search.

        Args:
            folder: Where `vectors.faiss` and the manifest lie.
            store: The database.
            exact: Up to how many passages are searched exactly on the CPU.
            gpu: How much of the graphics cards may be used, where FAISS finds any.
        """
        self._file = SavedFile(folder)
        self._store = store
        self._exact = exact
        self._gpu = gpu or GpuOptions()
        self._plan: GpuPlan | None = None
        self._state: _State | None = None
        self._lock = threading.RLock()

    def search(self, vector: Vectors, *, k: int, keys: Sequence[int] | None = None) -> Found:
        """Return keys and cosines, best first, among `keys` if given.

        Of more than 50,000 passages, and from `k` = 100 on, cosines are right to 0.01 only.

        Args:
            vector: `(d,)` float32 of unit length.
            k: How many, at most.
            keys: Look among these only.
        """
        state = self._current()
        if state is None or k < 1:
            return []
        if keys is not None and len(keys) <= _FEW:
            return compared(vector, *self._store.vectors_at(keys), k=k)
        only = None if keys is None else np.unique(np.asarray(keys, dtype=np.int64))
        found = self._found(state, vector, k=k, only=only)
        return _with_fresh(state, vector, found, k=k, only=only)

    def _found(self, state: _State, vector: Vectors, *, k: int, only: Keys | None) -> Found:
        """Search the passages that were there when the index was built."""
        kind = kind_of(state.index)
        wanted = kind.candidates(k)
        on_cards = wanted + len(state.gone)
        if state.gpu is not None and only is None and on_cards <= state.gpu.most:
            nearest = state.gpu.search(vector, k=on_cards)
        else:
            found = search_index(state.index, vector, k=wanted, only=only, gone=state.gone)
            if not kind.lists or (kind.name == "8-bit lists" and k >= _MANY):
                return found[:k]
            nearest = [key for key, _ in found]
        return compared(vector, *self._store.vectors_at(nearest), k=k)

    def save(self) -> str:
        """Write the index as it should be now and return the file's SHA-256."""
        with self._lock:
            state = self._current()
            if state is None:
                return self._file.write(empty_index(Kind("exact"), 1))
            if len(state.gone) or len(state.fresh):
                state = self._renewed(state)
            named = self._file.manifest()
            if not state.saved or named is None or named.vectors_sha256 != state.saved:
                state = replace(state, saved=self._file.write(state.index))
            self._state = replace(state, index=self._file.read(mapped=True))
            return state.saved

    def is_saved(self) -> bool:
        """Tell whether the file on disk is the one that the manifest names."""
        return self._file.manifest() is not None

    def forget(self) -> None:
        """Drop what is in memory, so that the next search derives everything again."""
        with self._lock:
            self._state = None

    def problem(self) -> str | None:
        """Return what is wrong with the file, compared with every stored embedding."""
        if self._store.dimension() == 0:
            return None
        index = self._from_file(thorough=True)
        if index is None:
            return "`vectors.faiss` is missing, damaged or not the one the manifest names"
        keys = self._store.all_keys()
        if not np.array_equal(keys_in(index), keys):
            return f"`vectors.faiss` holds {index.ntotal} passages, the database {len(keys)}"
        if holds_other_embeddings(index, self._store):
            return "`vectors.faiss` holds other embeddings than the database"
        return None

    def describe(self) -> str:
        """Return the kind of the index and why it was chosen."""
        index = self._state.index if self._state else self._from_file()
        if index is None:
            return "no vector index yet"
        return self._on_cpu(index) + self._on_gpu()

    def _on_cpu(self, index: Any) -> str:
        kind = kind_of(index)
        if not kind.lists:
            return f"exact search (up to {self._exact:,} passages)"
        short = ", since memory is short," if kind.name == "1-bit lists" else ""
        return (
            f"{kind.name[:5]} codes{short} in {kind.lists:,} lists, {index.nprobe:,} of them "
            f"searched, then exact cosines (more than {self._exact:,} passages)"
        )

    def _on_gpu(self) -> str:
        if self._plan is None:
            return ""
        if self._plan.kind == "none":
            return f"; on the CPU, not on a graphics card: {self._plan.reason}"
        cards = "a graphics card" if self._plan.cards == 1 else f"{self._plan.cards} graphics cards"
        return f"; on {cards} {self._plan.reason}"

    def _current(self) -> _State | None:
        """Return what to search with everything in the database, None before the first passage."""
        with self._lock:
            revision = self._store.revision()
            if self._store.dimension() == 0:
                return None
            if self._state is None or self._state.revision != revision:
                self._state = self._brought_up(revision)
            return self._state

    def _brought_up(self, revision: int) -> _State:
        manifest = self._file.manifest()
        state = self._state
        if manifest is not None and (state is None or state.saved != manifest.vectors_sha256):
            state = self._opened(manifest.vectors_sha256, manifest.revision) or state
        if state is None:
            return self._built(revision)
        count = self._store.number("SELECT count(*) FROM chunks")
        if state.revision == revision and state.index.ntotal == count:
            return state
        return self._caught_up(replace(state, revision=revision))

    def _caught_up(self, state: _State) -> _State:
        """Note what came and went since the index was built; renew it where that is much."""
        keys, held = self._store.all_keys(), keys_in(state.index)
        gone, fresh = np.setdiff1d(held, keys), np.setdiff1d(keys, held)
        state = replace(state, gone=gone, fresh=fresh)
        if len(gone) + len(fresh) > _MOST_CHANGES or not self._fits(state, len(keys)):
            return self._renewed(state)
        fresh, vectors = self._store.vectors_at(fresh.tolist())
        return replace(state, fresh=fresh, vectors=vectors)

    def _renewed(self, state: _State) -> _State:
        """Return an index with all changes in it: the old one changed, or a new one built."""
        import faiss

        if not self._fits(state, len(self._store.all_keys())):
            return self._built(state.revision)
        index = self._writable(state)
        if len(state.gone):
            index.remove_ids(faiss.IDSelectorBatch(state.gone))
        for start in range(0, len(state.fresh), _MOST_CHANGES):
            block = state.fresh[start : start + _MOST_CHANGES].tolist()
            keys, vectors = self._store.vectors_at(block)
            index.add_with_ids(vectors, keys)
        return self._on_cards(_State(state.revision, index))

    def _writable(self, state: _State) -> Any:
        """Return a copy of an index that can be changed."""
        import faiss

        if not state.saved:
            return faiss.clone_index(state.index)
        return faiss.deserialize_index(faiss.serialize_index(state.index))

    def _built(self, revision: int) -> _State:
        keys, dimension = self._store.all_keys(), self._store.dimension()
        memory = psutil.virtual_memory().available
        kind = choose_kind(len(keys), dimension, memory=memory, exact=self._exact)
        return self._on_cards(_State(revision, build(kind, self._store, keys)))

    def _fits(self, state: _State, count: int) -> bool:
        return fits(kind_of(state.index), count, exact=self._exact)

    def _opened(self, saved: str, revision: int) -> _State | None:
        index = self._from_file()
        return None if index is None else self._on_cards(_State(revision, index, saved))

    def _from_file(self, *, thorough: bool = False) -> Any:
        """Return the index on disk if it is the one that the manifest was written for."""
        if self._file.manifest(thorough=thorough) is None:
            return None
        index = self._file.read(mapped=True)
        return index if index.d == self._store.dimension() else None

    def _on_cards(self, state: _State) -> _State:
        """Put the passages on the graphics cards too, where there are some with room."""
        cards = gpus_here()
        if not cards or not state.index.ntotal:
            return state
        count, dimension, free = state.index.ntotal, state.index.d, free_memory(cards)
        plan = plan_gpu(count, dimension, free=free, options=self._gpu, has_graph=has_graph())
        self._plan = plan
        if plan.kind == "none":
            return state
        try:
            return replace(state, gpu=GpuIndex(plan, state.index, self._store, self._gpu))
        except MemoryError:
            self._plan = replace(plan, kind="none", reason="another program has taken the memory")
            return state


def _with_fresh(
    state: _State, vector: Vectors, found: Found, *, k: int, only: Keys | None
) -> Found:
    """Return the best of what was found and of what came since."""
    if state.vectors is None or not len(state.fresh):
        return found[:k]
    keys, vectors = state.fresh, state.vectors
    if only is not None:
        allowed = np.isin(keys, only)
        keys, vectors = keys[allowed], vectors[allowed]
    both = dict([*found, *compared(vector, keys, vectors, k=k)])  # a card may hold fresh ones too
    return sorted(both.items(), key=lambda each: -each[1])[:k]
