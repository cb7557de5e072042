import numpy as np
import pytest

from r1agent_indexes import PaperIndex


@pytest.fixture
def store(tmp_path, embeddings, papers):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        yield index.store


def test_vectors_come_in_blocks_of_bounded_size(store):
    blocks = list(store.vector_blocks(0, rows=2))
    assert all(len(keys) <= 2 and len(keys) == len(vectors) for keys, vectors in blocks)
    keys = np.concatenate([keys for keys, _ in blocks])
    assert keys.tolist() == sorted(keys.tolist())
    assert len(keys) == store.number("SELECT count(*) FROM chunks")
    assert list(store.vector_blocks(int(keys[-1]))) == []


def test_embeddings_come_in_the_order_asked(store):
    keys, vectors = next(iter(store.vector_blocks(0)))
    assert vectors.dtype == np.float32
    asked = keys[::-1].tolist()
    assert np.array_equal(store.embeddings_of(asked), vectors[::-1])
    assert store.embeddings_of([]).shape == (0, 64)
    with pytest.raises(KeyError):
        store.embeddings_of([10**9])
