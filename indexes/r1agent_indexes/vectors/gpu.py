"""The embeddings on graphics cards: searched there, derived from the database, never saved.

What is on disk is the CPU's index always. On the cards the same passages are held exactly, in the
float16 that the database holds, as long as that fits; then as a CAGRA graph where this build of
FAISS has cuVS and the index is large; then as the lists of the CPU's index. What fits nowhere
stays on the CPU, and `describe` says so.
"""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.store import Store, Vectors

_MOST = {"exact": 2048, "lists": 2048, "graph": 512}
"""Results that a search on a card can give, by FAISS's and cuVS's own limits."""
_GRAPH_FROM = 5_000_000
"""Passages from which on an exact search on a card takes longer than a walk through a graph."""
_GRAPH_DEGREE = 64
_SPARE = 1.1
"""What FAISS takes beyond the codes: ids, centres and rounding."""


@dataclass(frozen=True, slots=True)
class GpuOptions:
    """How much of each card the index may take, so that vLLM fits beside it."""

    temporary_mb: int = 256
    """Temporary memory a card; FAISS alone would take 1.5 GB."""
    share: float = 0.25
    """Share of a card's free memory that the index may take, temporary memory included."""


@dataclass(frozen=True, slots=True)
class GpuPlan:
    """How the passages are held on the cards, or why they are not."""

    kind: Literal["exact", "graph", "lists", "none"]
    cards: int
    reason: str


def plan_gpu(
    count: int, dimension: int, *, free: Sequence[int], options: GpuOptions, has_graph: bool
) -> GpuPlan:
    """Return how that many passages go onto the cards.

    Args:
        count: How many passages.
        dimension: Numbers an embedding.
        free: Bytes free on each card.
        options: How much of them may be taken.
        has_graph: Whether this build has CAGRA.
    """
    temporary = options.temporary_mb * 2**20
    room = [max(0, int(each * options.share) - temporary) for each in free]
    halves = int(count * (2 * dimension + 8) * _SPARE)
    graph = int(count * (2 * dimension + 3 * 4 * _GRAPH_DEGREE) * _SPARE)
    if has_graph and count >= _GRAPH_FROM and graph <= max(room, default=0):
        return GpuPlan("graph", 1, "in a CAGRA graph, in float16")
    least, lists = min(room, default=0), int(count * (dimension + 8) * _SPARE)
    if halves <= len(room) * least:
        return GpuPlan("exact", -(-halves // least), "exactly, in float16")
    if lists <= len(room) * least:
        return GpuPlan("lists", -(-lists // least), "in lists of 8-bit codes")
    return GpuPlan(
        "none",
        0,
        f"they would take {_mib(lists)} of graphics memory, and {_mib(sum(room))} may be taken",
    )


class GpuIndex:
    """The passages of a CPU index on the cards."""

    def __init__(self, plan: GpuPlan, index: Any, store: Store, options: GpuOptions) -> None:
        """Move them there.

        Args:
            plan: How; its kind is not "none".
            index: The CPU's index.
            store: The database.
            options: How much memory may be taken.

        Raises:
            MemoryError: A card has less memory than was free a moment ago.
        """
        self.most = _MOST[plan.kind]
        cards = [resources(options) for _ in range(plan.cards)]
        self._lock = threading.Lock()  # a card's resources serve one search at a time
        try:
            self._index = _MAKE[plan.kind](cards, index, store)
        except RuntimeError as error:  # FAISS has no other error for a full card
            if "alloc" in str(error) or "memory" in str(error):
                raise MemoryError(str(error)) from error
            raise

    def search(self, vector: Vectors, *, k: int) -> list[int]:
        """Return the nearest keys, at most `k`, which is at most `self.most`.

        They may be of passages that are gone by now.
        """
        with self._lock:
            _, found = self._index.search(vector[None], k)
        return [key for key in found[0].tolist() if key >= 0]


def _mib(size: int) -> str:
    return f"{size / 2**20:,.0f} MiB"


def gpus_here() -> int:
    """Return how many cards FAISS can use; 0 for its CPU build."""
    import faiss

    return int(faiss.get_num_gpus())


def free_memory(cards: int) -> list[int]:
    """Return the bytes that are free on each card; none where torch cannot tell."""
    if find_spec("torch") is None:
        return []
    import torch

    if not torch.cuda.is_available():
        return []
    return [int(torch.cuda.mem_get_info(card)[0]) for card in range(cards)]


def has_graph() -> bool:
    """Tell whether this build of FAISS has cuVS, and with it CAGRA."""
    import faiss

    return hasattr(faiss, "GpuIndexCagra")


def resources(options: GpuOptions) -> Any:
    """Return a card's resources with its temporary memory bounded."""
    import faiss

    made: Any = faiss.StandardGpuResources()
    made.setTempMemory(options.temporary_mb * 2**20)
    return made


def flat_config(card: int) -> Any:
    """Return how an exact index lies on a card: in float16, which loses nothing here."""
    import faiss

    config: Any = faiss.GpuIndexFlatConfig()
    config.device, config.useFloat16 = card, True
    return config


def graph_config(card: int) -> Any:
    """Return how a CAGRA graph is built on a card."""
    config: Any = _part("GpuIndexCagraConfig")()
    config.device, config.graph_degree = card, _GRAPH_DEGREE
    config.intermediate_graph_degree = 2 * _GRAPH_DEGREE
    return config


def cloner_options(*, cards: int) -> Any:
    """Return how lists are copied onto cards: in float16, cut into one part a card."""
    import faiss

    options: Any = faiss.GpuMultipleClonerOptions()
    options.useFloat16, options.indicesOptions = True, _part("INDICES_64_BIT")
    options.shard = cards > 1
    return options


def _exact(cards: Sequence[Any], index: Any, store: Store) -> Any:
    """Return the passages dealt out to the cards in turn, block by block."""
    import faiss

    parts = [
        faiss.IndexIDMap2(faiss.GpuIndexFlatIP(each, index.d, flat_config(card)))
        for card, each in enumerate(cards)
    ]
    for at, (keys, vectors) in enumerate(store.vector_blocks(0)):
        parts[at % len(parts)].add_with_ids(vectors, keys)
    if len(parts) == 1:
        return parts[0]
    shards = _part("IndexShards")(index.d, True, False)  # in threads; keys stay as they are
    for part in parts:
        shards.add_shard(part)
    return shards


def _lists(cards: Sequence[Any], index: Any, _store: Store) -> Any:
    import faiss

    options = cloner_options(cards=len(cards))
    return faiss.index_cpu_to_gpu_multiple_py(list(cards), index, options)


class _Graph:
    """A CAGRA graph on the first card; it names passages by position."""

    def __init__(self, cards: Sequence[Any], index: Any, store: Store) -> None:
        """Build it from all embeddings in float16."""
        import faiss

        blocks = [(keys, vectors.astype(np.float16)) for keys, vectors in store.vector_blocks(0)]
        self._keys = np.concatenate([keys for keys, _ in blocks])
        vectors = np.concatenate([vectors for _, vectors in blocks])
        metric, config = faiss.METRIC_INNER_PRODUCT, graph_config(0)
        self._index = _part("GpuIndexCagra")(cards[0], index.d, metric, config)
        self._index.train(vectors, numeric_type=faiss.Float16)

    def search(self, vectors: Vectors, k: int) -> tuple[Vectors, NDArray[np.int64]]:
        """Return `(n, k)` scores and keys, -1 where there is none."""
        import faiss

        halves, k = vectors.astype(np.float16), min(k, len(self._keys))
        parameters = _part("SearchParametersCagra")()
        parameters.itopk_size = max(64, 1 << (k - 1).bit_length())  # at least k, a power of two
        scores, found = self._index.search(halves, k, params=parameters, numeric_type=faiss.Float16)
        return scores, np.where(found < 0, -1, self._keys[found])


_MAKE: dict[str, Callable[[Sequence[Any], Any, Store], Any]] = {
    "exact": _exact,
    "lists": _lists,
    "graph": _Graph,
}


def _part(name: str) -> Any:
    """Return what some builds of FAISS have and others, or their types, have not."""
    import faiss

    return getattr(faiss, name)
