"""One question against a FAISS index, and exact cosines of what it finds."""

from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.store import Vectors

Keys = NDArray[np.int64]


def search_index(
    index: Any, vector: Vectors, *, k: int, only: Keys | None, gone: Keys
) -> list[tuple[int, float]]:
    """Return the keys that an index finds with its own scores, best first.

    Where a filter leaves little of each list, or lists hold fewer than `k`, more lists are
    searched, all of them at last; so `k` are found where `k` are there.

    Args:
        index: As `faiss_kinds.build` makes it.
        vector: `(d,)` float32 of unit length.
        k: How many, at most.
        only: Look among these only; None for all.
        gone: Never return these.
    """
    import faiss

    faiss.omp_set_num_threads(1)
    there = index.ntotal - len(gone) if only is None else min(len(only), index.ntotal)
    if there < 1:
        return []
    selector = _selector(only, gone)
    if not isinstance(index, faiss.IndexIVF):
        return _found(index, vector, k, _parameters("SearchParameters", sel=selector))
    probes = min(index.nlist, index.nprobe * index.ntotal // max(1, there))
    inside = partial(_parameters, "SearchParametersIVF", sel=selector)
    found = _found(index, vector, k, inside(nprobe=probes))
    if len(found) < min(k, there) and probes < index.nlist:
        return _found(index, vector, k, inside(nprobe=index.nlist))
    return found


def compared(vector: Vectors, keys: Keys, vectors: Vectors, *, k: int) -> list[tuple[int, float]]:
    """Return the `k` of these passages with the highest cosines, best first.

    Args:
        vector: `(d,)` float32 of unit length.
        keys: `(n,)` keys.
        vectors: `(n, d)` float32 of unit length.
        k: How many, at most.
    """
    if not len(keys):
        return []
    cosines = vectors @ vector
    best = np.argsort(-cosines, kind="stable")[:k]
    return list(zip(keys[best].tolist(), cosines[best].tolist(), strict=True))


def _found(index: Any, vector: Vectors, k: int, parameters: Any) -> list[tuple[int, float]]:
    scores, found = index.search(vector[None], min(k, index.ntotal), params=parameters)
    pairs = zip(found[0].tolist(), scores[0].tolist(), strict=True)
    return [(key, score) for key, score in pairs if key >= 0]


def _parameters(name: str, **values: Any) -> Any:
    """Return search parameters; FAISS adds their keywords at run time, unseen by its types."""
    import faiss

    return getattr(faiss, name)(**values)


def _selector(only: Keys | None, gone: Keys) -> Any:
    import faiss

    if only is not None:
        allowed = np.setdiff1d(only, gone, assume_unique=True)
        bits = np.zeros(int(allowed.max(initial=0)) + 1, dtype=bool)
        bits[allowed] = True
        bitmap: Any = faiss.IDSelectorBitmap
        return bitmap(np.packbits(bits, bitorder="little"))
    return faiss.IDSelectorNot(faiss.IDSelectorBatch(gone)) if len(gone) else None
