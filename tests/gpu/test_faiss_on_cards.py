"""What needs a card: `make test-gpu`."""

import numpy as np
import pytest
from langchain_core.documents import Document

from r1agent_indexes import PaperIndex
from r1agent_indexes.vectors.faiss_index import FaissIndex
from r1agent_indexes.vectors.faiss_kinds import Kind, build
from r1agent_indexes.vectors.gpu import GpuIndex, GpuOptions, GpuPlan, gpus_here, has_graph
from r1agent_indexes.writing import delete_documents, put_documents
from tests.indexes.made_pdfs import HashEmbeddings

faiss = pytest.importorskip("faiss")
pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(faiss.get_num_gpus() == 0, reason="this FAISS finds no card"),
]
OPTIONS = GpuOptions(temporary_mb=64, share=0.5)


def unit_vectors(count, seed):
    vectors = np.random.default_rng(seed).standard_normal((count, 64), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float16).astype(np.float32)


@pytest.fixture
def index(tmp_path):
    with PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as opened:
        documents = [Document(id=f"d{at}", page_content=f"{at}") for at in range(3000)]
        put_documents(opened.store, documents, unit_vectors(3000, 0))
        opened.vectors = FaissIndex(opened.path, opened.store, exact=1000, gpu=OPTIONS)
        yield opened


def exact(store, vector, k):
    keys, vectors = next(store.vector_blocks(0, rows=100_000))
    return keys[np.argsort(-(vectors @ vector))[:k]].tolist()


def test_a_search_on_the_card_is_exact_and_the_file_is_the_cpus(index):
    for one in unit_vectors(20, 1):
        assert [key for key, _ in index.vectors.search(one, k=10)] == exact(index.store, one, 10)
    with index.writing():
        pass
    assert "on a graphics card exactly, in float16" in index.vectors.describe()
    assert isinstance(faiss.read_index(str(index.path / "vectors.faiss")), faiss.IndexIVF)
    assert index.vectors.problem() is None


def test_what_came_and_went_is_seen_on_the_card_too(index):
    asked = unit_vectors(1, 2)[0]
    best = index.vectors.search(asked, k=1)[0][0]
    delete_documents(index.store, [f"d{best - 1}"])
    put_documents(index.store, [Document(id="new", page_content="new")], asked[None])
    found = [key for key, _ in index.vectors.search(asked, k=100)]
    assert found[0] == 3001
    assert best not in found
    assert len(found) == len(set(found)) == 100


def test_a_filter_is_kept_to(index):
    keys = index.store.all_keys()[::2].tolist()
    found = index.vectors.search(unit_vectors(1, 3)[0], k=50, keys=keys)
    assert len(found) == 50
    assert {key for key, _ in found} <= set(keys)


@pytest.mark.parametrize("kind", ["exact", "lists", "graph"])
def test_every_way_to_lie_on_the_cards_finds_the_nearest(index, kind):
    if kind == "graph" and not has_graph():
        pytest.skip("this build of FAISS has no cuVS")
    lists = build(Kind("8-bit lists", 16), index.store, index.store.all_keys())
    cards = 1 if kind == "graph" else gpus_here()
    on_cards = GpuIndex(GpuPlan(kind, cards, ""), lists, index.store, OPTIONS)
    asked = unit_vectors(50, 4)
    shares = [
        len({*on_cards.search(one, k=20)} & {*exact(index.store, one, 10)}) / 10 for one in asked
    ]
    assert np.mean(shares) >= 0.95


def test_a_card_without_room_leaves_the_index_on_the_cpu(index):
    index.vectors = FaissIndex(
        index.path, index.store, exact=1000, gpu=GpuOptions(temporary_mb=2**20)
    )
    assert len(index.vectors.search(unit_vectors(1, 5)[0], k=10)) == 10
    assert "on the CPU, not on a graphics card" in index.vectors.describe()
