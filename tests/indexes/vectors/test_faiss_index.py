import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
from langchain_core.documents import Document

from r1agent_indexes import PaperIndex
from r1agent_indexes.store import Store
from r1agent_indexes.vectors.faiss_index import FaissIndex
from r1agent_indexes.vectors.faiss_kinds import Kind, build, choose_kind, fits
from r1agent_indexes.vectors.protocol import VectorIndex
from r1agent_indexes.writing import delete_documents, put_documents

DIMENSION = 32
COUNT = 4000
EXACT = 1000


def clustered(count, seed=0):
    """`(count, 32)` unit vectors around 60 centres, as float16 keeps them."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(1).standard_normal((60, DIMENSION))
    vectors = centres[random.integers(0, 60, count)] + 0.6 * random.standard_normal(
        (count, DIMENSION)
    )
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float16).astype(np.float32)


def put(store, vectors, *, start=0):
    documents = [Document(id=f"d{start + at}", page_content=f"{at}") for at in range(len(vectors))]
    put_documents(store, documents, vectors)


@pytest.fixture(scope="module")
def made(tmp_path_factory, hash_embeddings):
    """An index of 4,000 loose passages, made once and copied by each test."""
    folder = tmp_path_factory.mktemp("made") / "index"
    with PaperIndex.open(folder, embeddings=hash_embeddings, create=True) as index:
        put(index.store, clustered(COUNT))
        index.vectors = FaissIndex(folder, index.store, exact=EXACT)
        with index.writing():
            pass
    return folder


@pytest.fixture(scope="module")
def hash_embeddings():
    from tests.indexes.made_pdfs import HashEmbeddings

    return HashEmbeddings()


@pytest.fixture
def index(made, tmp_path, hash_embeddings):
    folder = tmp_path / "index"
    shutil.copytree(made, folder)
    with PaperIndex.open(folder, embeddings=hash_embeddings) as opened:
        opened.vectors = FaissIndex(folder, opened.store, exact=EXACT)
        yield opened


def exact(store, vector, k, keys=None):
    every, vectors = next(store.vector_blocks(0, rows=100_000))
    cosines = vectors @ vector
    if keys is not None:
        cosines[~np.isin(every, list(keys))] = -2
    return every[np.argsort(-cosines)[:k]].tolist()


def recall(store, vectors, asked, *, keys=None):
    found = [[key for key, _ in vectors.search(one, k=10, keys=keys)] for one in asked]
    wanted = [exact(store, one, 10, keys) for one in asked]
    return np.mean([len(set(a) & set(b)) / 10 for a, b in zip(found, wanted, strict=True)])


def test_few_passages_are_searched_exactly(tmp_path, hash_embeddings):
    with PaperIndex.open(tmp_path / "i", embeddings=hash_embeddings, create=True) as index:
        put(index.store, clustered(300))
        asked = clustered(20, seed=5)
        assert recall(index.store, index.vectors, asked) == 1.0
        assert index.vectors.describe().startswith("exact search")
        assert isinstance(index.vectors, VectorIndex)


def test_many_passages_are_searched_in_lists_and_scored_by_exact_cosines(index):
    asked = clustered(100, seed=5)
    assert recall(index.store, index.vectors, asked) >= 0.97
    key, score = index.vectors.search(asked[0], k=1)[0]
    assert score == pytest.approx(float(index.store.embeddings_of([key])[0] @ asked[0]), abs=1e-6)
    assert index.vectors.describe().startswith("8-bit codes in 256 lists, ")


def test_one_bit_codes_find_as_much_after_the_exact_comparison(index):
    kind = Kind("1-bit lists", 64)
    index.vectors._state = None
    built = build(kind, index.store, index.store.all_keys())
    state = index.vectors._current()
    index.vectors._state = type(state)(state.revision, built)
    assert recall(index.store, index.vectors, clustered(100, seed=5)) >= 0.97


@pytest.mark.parametrize("share", [2, 3, 40])
def test_a_filter_is_kept_to_and_gives_as_many_as_asked(index, share):
    keys = index.store.all_keys()[::share].tolist()
    asked = clustered(20, seed=6)
    for one in asked:
        found = index.vectors.search(one, k=50, keys=keys)
        assert len(found) == 50
        assert {key for key, _ in found} <= set(keys)
    assert recall(index.store, index.vectors, asked, keys=keys) >= 0.97


def test_a_filter_on_one_far_cluster_still_gives_as_many_as_asked(index):
    every, vectors = next(index.store.vector_blocks(0, rows=100_000))
    asked = clustered(1, seed=7)[0]
    far = every[np.argsort(vectors @ asked)[:1500]].tolist()
    assert len(index.vectors.search(asked, k=100, keys=far)) == 100


def test_all_passages_are_found_when_all_are_asked_for(index):
    found = index.vectors.search(clustered(1, seed=8)[0], k=COUNT)
    assert sorted(key for key, _ in found) == index.store.all_keys().tolist()


def test_what_came_and_went_is_seen_before_and_after_saving(index):
    asked = clustered(1, seed=9)[0]
    best = index.vectors.search(asked, k=1)[0][0]
    gone = index.store.rows("SELECT id FROM chunks WHERE key = ?", (best,))[0][0]
    delete_documents(index.store, [gone])
    put(index.store, asked[None], start=COUNT)
    for _ in range(2):
        found = [key for key, _ in index.vectors.search(asked, k=100)]
        assert found[0] == index.store.all_keys()[-1]
        assert best not in found
        assert len(found) == 100
        with index.writing():
            pass
    assert index.vectors.problem() is None
    assert index.vectors.describe().startswith("8-bit codes")


def test_another_process_that_saved_is_followed(index, hash_embeddings):
    reader = FaissIndex(index.path, Store(index.path), exact=EXACT)
    asked = clustered(1, seed=10)[0]
    reader.search(asked, k=1)
    put(index.store, asked[None], start=COUNT)
    with index.writing():
        pass
    assert reader.search(asked, k=1)[0][1] == pytest.approx(1, abs=1e-3)
    assert reader.problem() is None


def test_an_index_that_grows_or_shrinks_changes_its_kind(tmp_path, hash_embeddings):
    folder = tmp_path / "i"
    with PaperIndex.open(folder, embeddings=hash_embeddings, create=True) as index:
        index.vectors = FaissIndex(folder, index.store, exact=EXACT)
        for count, kind in ((900, "exact"), (1800, "8-bit")):
            put(index.store, clustered(count), start=0)
            with index.writing():
                pass
            assert index.vectors.describe().startswith(kind)
        delete_documents(index.store, [f"d{at}" for at in range(1500)])
        with index.writing():
            pass
        assert index.vectors.describe().startswith("exact search")
        assert index.vectors.problem() is None


def test_a_damaged_file_is_not_used_and_derived_again(index):
    path = index.path / "vectors.faiss"
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 255
    path.write_bytes(data)
    assert not index.vectors.is_saved()
    assert "damaged" in str(index.vectors.problem())
    assert recall(index.store, index.vectors, clustered(20, seed=5)) >= 0.97
    assert any(problem.kind == "vectors" for problem in index.check(repair=True).problems)
    assert index.check().problems == []


def test_damage_that_keeps_the_time_of_change_is_found_by_check(index):
    path = index.path / "vectors.faiss"
    times = path.stat()
    data = bytearray(path.read_bytes())
    data[-40] ^= 255
    path.write_bytes(data)
    import os

    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    assert index.vectors.is_saved()
    assert "damaged" in str(index.vectors.problem())


def test_a_copy_without_its_time_of_change_is_still_known(index, tmp_path):
    path = index.path / "vectors.faiss"
    path.write_bytes(path.read_bytes())
    assert index.vectors.is_saved()


def test_other_embeddings_in_the_database_are_noticed(index):
    with index.store.transaction() as db:
        other = clustered(1, seed=11)[0].astype(np.float16).tobytes()
        db.execute("UPDATE chunks SET embedding = ? WHERE key = 77", (other,))
    assert index.vectors.problem() == "`vectors.faiss` holds other embeddings than the database"


def test_a_writer_killed_before_the_manifest_costs_only_time(index):
    before = (index.path / "manifest.json").read_text()
    asked = clustered(1, seed=12)[0]
    put(index.store, asked[None], start=COUNT)
    with index.writing():
        pass
    (index.path / "manifest.json").write_text(before)
    reader = FaissIndex(index.path, Store(index.path), exact=EXACT)
    assert not reader.is_saved()
    assert reader.search(asked, k=1)[0][1] == pytest.approx(1, abs=1e-3)


def test_searches_go_on_in_threads_while_passages_are_added(index):
    asked = clustered(40, seed=13)
    wrong = []

    def search():
        for one in asked:
            found = index.vectors.search(one, k=10)
            if len(found) != 10:
                wrong.append(len(found))

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    for at in range(5):
        put(index.store, clustered(20, seed=20 + at), start=COUNT + 20 * at)
    for thread in threads:
        thread.join()
    assert wrong == []
    assert len(index.vectors.search(asked[0], k=COUNT + 200)) == COUNT + 100


def test_the_kind_follows_size_and_memory():
    free = 8 * 2**30
    assert choose_kind(50_000, 384, memory=free) == Kind("exact")
    assert choose_kind(100_000, 384, memory=free) == Kind("8-bit lists", 1024)
    assert choose_kind(1_000_000, 384, memory=free) == Kind("8-bit lists", 4096)
    assert choose_kind(20_000_000, 384, memory=free) == Kind("1-bit lists", 16384)


def test_a_kind_is_kept_while_the_size_changes_little():
    lists = Kind("8-bit lists", 1024)
    assert fits(lists, 100_000)
    assert fits(lists, 200_000)
    assert fits(lists, 30_000)
    assert not fits(lists, 1_000_000)
    assert not fits(lists, 20_000)
    assert fits(Kind("exact"), 50_000)
    assert not fits(Kind("exact"), 50_001)


def test_an_index_is_built_the_same_each_time(index):
    kind, keys = Kind("8-bit lists", 64), index.store.all_keys()
    first, second = (build(kind, index.store, keys) for _ in range(2))
    asked = clustered(5, seed=14)
    assert first.nprobe == second.nprobe
    assert first.search(asked, 10)[1].tolist() == second.search(asked, 10)[1].tolist()


def test_the_manifest_is_plain_json(index):
    manifest = json.loads(Path(index.path / "manifest.json").read_text())
    assert len(manifest["vectors_sha256"]) == 64
