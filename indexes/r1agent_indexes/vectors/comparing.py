"""Whether a FAISS index holds what the database holds, code by code, a block at a time."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.store import Store

_BLOCK = 10_000


def keys_in(index: Any) -> NDArray[np.int64]:
    """Return the keys of all passages in an index, in order."""
    import faiss

    if isinstance(index, faiss.IndexIDMap2):
        return np.sort(faiss.vector_to_array(index.id_map))
    lists = [_keys_of_list(index, number) for number in range(index.nlist)]
    return np.sort(np.concatenate(lists))


def holds_other_embeddings(index: Any, store: Store) -> bool:
    """Tell whether an index with the right keys holds a code that its embedding does not give."""
    import faiss

    exact = isinstance(index, faiss.IndexIDMap2)
    return any(_exact_differences(index, store) if exact else _list_differences(index, store))


def _exact_differences(index: Any, store: Store) -> Iterator[bool]:
    import faiss

    order = faiss.vector_to_array(index.id_map)
    inner = faiss.downcast_index(index.index)
    for start in range(0, len(order), _BLOCK):
        keys = order[start : start + _BLOCK]
        there, vectors = store.vectors_at(keys.tolist())
        found = inner.reconstruct_n(start, len(keys))
        yield not np.array_equal(found, vectors[np.searchsorted(there, keys)])


def _list_differences(index: Any, store: Store) -> Iterator[bool]:
    import faiss

    for number in range(index.nlist):
        keys = _keys_of_list(index, number)
        if not len(keys):
            continue
        size = len(keys) * index.code_size
        held = faiss.rev_swig_ptr(index.invlists.get_codes(number), size)
        there, vectors = store.vectors_at(keys.tolist())
        rows = np.ascontiguousarray(vectors[np.searchsorted(there, keys)])
        lists = np.full(len(keys), number, dtype=np.int64)
        wanted = np.empty(size, dtype=np.uint8)
        pointers = (faiss.swig_ptr(each) for each in (rows, lists, wanted))
        index.encode_vectors(len(keys), *pointers)
        yield not np.array_equal(held, wanted)


def _keys_of_list(index: Any, number: int) -> NDArray[np.int64]:
    import faiss

    size = index.invlists.list_size(number)
    if size == 0:
        return np.zeros(0, dtype=np.int64)
    return np.array(faiss.rev_swig_ptr(index.invlists.get_ids(number), size))
