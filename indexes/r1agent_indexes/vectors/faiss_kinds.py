"""Which kind of FAISS index holds how many passages, how it is built, and how it is searched.

Exact up to 50,000 passages; inverted lists of 8-bit codes beyond; of 1-bit codes where 8 bits a
number do not fit into memory. Why not HNSW: it took six times as long to build, cannot forget a
passage, and saves two of the forty milliseconds of a search among a million.
"""

import math
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.store import Store, Vectors

EXACT = 50_000
"""Passages searched exactly: about two milliseconds, as long as embedding a question at best."""
_A_LIST = 40
"""Training passages a list; FAISS warns below 39."""
_ROUNDS = 10
"""Rounds of k-means; the recall does not grow after them."""
_SEED = 1234

Name = Literal["exact", "8-bit lists", "1-bit lists"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One way to hold embeddings."""

    name: Name
    lists: int = 0
    """Inverted lists; 0 where it is exact."""

    @property
    def probes(self) -> int:
        """Return how many lists a question is compared with: 192 of 1,024, 384 of 4,096.

        With 128 of 1,024, recall@10 of real questions was 0.97 to 0.98; passages asked as questions
        need a fifth of them, so the number cannot be found from the passages alone.
        """
        return min(self.lists, 6 * math.isqrt(self.lists))

    def candidates(self, k: int) -> int:
        """Return how many are found for the exact comparison to choose `k` from."""
        spare = {"exact": 0, "8-bit lists": 10, "1-bit lists": 9 * k + 100}
        return k + spare[self.name]


def choose_kind(count: int, dimension: int, *, memory: int, exact: int = EXACT) -> Kind:
    """Return how to hold that many passages.

    Args:
        count: How many passages.
        dimension: Numbers an embedding.
        memory: Bytes that are free.
        exact: Up to how many passages are searched exactly.
    """
    if count <= exact:
        return Kind("exact")
    lists = 2 ** round(np.log2(4 * np.sqrt(count)))
    size = count * (dimension + 8)
    return Kind("8-bit lists" if size <= memory // 2 else "1-bit lists", lists)


def kind_of(index: Any) -> Kind:
    """Return the kind of an index as `build` made it."""
    import faiss

    if isinstance(index, faiss.IndexIDMap2):
        return Kind("exact")
    name: Name = (
        "8-bit lists" if isinstance(index, faiss.IndexIVFScalarQuantizer) else "1-bit lists"
    )
    return Kind(name, index.nlist)


def fits(kind: Kind, count: int, *, exact: int = EXACT) -> bool:
    """Tell whether an index of this kind still suits that many passages.

    There is room between the sizes, so that a few papers put in and taken out do not build it
    twice: lists are made anew for four times as many passages, or for a sixteenth.
    """
    if kind.lists == 0:
        return count <= exact
    wanted = 4 * np.sqrt(count)
    return count > exact // 2 and kind.lists / 4 < wanted < kind.lists * 2


def build(kind: Kind, store: Store, keys: NDArray[np.int64]) -> Any:
    """Return an index of all embeddings, read in blocks so that only its own size is in memory.

    Args:
        kind: Its kind.
        store: The database.
        keys: The keys of all passages, in order.
    """
    index = empty_index(kind, store.dimension())
    with threads(os.cpu_count() or 1):
        if kind.lists:
            index.train(_sample(store, keys, _A_LIST * kind.lists))
        for block, vectors in store.vector_blocks(0):
            index.add_with_ids(vectors, block)
    return index


@contextmanager
def threads(count: int) -> Iterator[None]:
    """Let FAISS use that many threads in this thread; one is fastest for one question."""
    import faiss

    faiss.omp_set_num_threads(count)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(1)


def empty_index(kind: Kind, dimension: int) -> Any:
    """Return an index without passages, not trained yet."""
    import faiss

    if kind.lists == 0:  # float16 is what the database holds, so nothing is lost by it
        quantizer = faiss.ScalarQuantizer.QT_fp16
        flat = faiss.IndexScalarQuantizer(dimension, quantizer, faiss.METRIC_INNER_PRODUCT)
        return faiss.IndexIDMap2(flat)
    code = "SQ8" if kind.name == "8-bit lists" else "RaBitQ"
    index: Any = faiss.index_factory(
        dimension, f"IVF{kind.lists},{code}", faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter, index.cp.seed, index.nprobe = _ROUNDS, _SEED, kind.probes
    return index


def _sample(store: Store, keys: NDArray[np.int64], count: int) -> Vectors:
    return store.vectors_at(_some(keys, count).tolist())[1]


def _some(keys: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Return some of the keys, the same ones each time, in order."""
    random = np.random.default_rng(_SEED)
    return np.sort(random.choice(keys, min(count, len(keys)), replace=False))
