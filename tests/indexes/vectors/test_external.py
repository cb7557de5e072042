"""An external vector store in the place of FAISS: langchain's in-memory one, and Qdrant."""

import sqlite3

import pytest
from langchain_core.documents import Document
from langchain_core.vectorstores import InMemoryVectorStore, VectorStore
from langchain_qdrant import QdrantVectorStore

from r1agent_indexes import (
    IndexMismatchError,
    PaperIndex,
    StoredEmbeddings,
    VectorStoreError,
)
from r1agent_indexes.lock import writer_lock
from r1agent_indexes.search.retriever import query_vector
from tests.indexes.made_pdfs import HashEmbeddings

QUESTION = "Does label smoothing hurt distillation?"


class CountingEmbeddings(HashEmbeddings):
    """Count the passages that are embedded."""

    def __init__(self) -> None:
        self.embedded = 0

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        self.embedded += len(texts)
        return super().embed_documents(texts)


class PlainStore(InMemoryVectorStore):
    """A store with nothing but what every langchain-core vector store has."""

    similarity_search_by_vector = VectorStore.similarity_search_by_vector
    get_by_ids = VectorStore.get_by_ids
    delete = VectorStore.delete


class LostStore(InMemoryVectorStore):
    """A store whose server is gone."""

    def similarity_search_by_vector(self, embedding, k=4, **kwargs):
        raise ConnectionError("connection refused")


class FullStore(InMemoryVectorStore):
    """A store that takes nothing."""

    def add_texts(self, texts, metadatas=None, *, ids=None, **kwargs):
        raise OSError("no space left on the server")


@pytest.fixture
def model() -> CountingEmbeddings:
    return CountingEmbeddings()


@pytest.fixture
def built(tmp_path, papers, model):
    """An index that was built with FAISS."""
    with PaperIndex.open(tmp_path / "index", embeddings=model, create=True) as index:
        index.add([papers])
    model.embedded = 0
    return tmp_path / "index"


def qdrant(model, **place) -> QdrantVectorStore:
    return QdrantVectorStore.construct_instance(
        embedding=StoredEmbeddings(model),
        client_options=place or {"location": ":memory:"},
        collection_name="papers",
    )


@pytest.fixture(params=["qdrant", "in memory", "plain"])
def store(request, model) -> VectorStore:
    if request.param == "qdrant":
        return qdrant(model)
    kind = InMemoryVectorStore if request.param == "in memory" else PlainStore
    return kind(StoredEmbeddings(model))


def found(index: PaperIndex, question: str = QUESTION, **options) -> list[tuple[str, float]]:
    return [(doc.id, doc.metadata["score"]) for doc in index.search(question, **options)]


def names(store: VectorStore) -> set[str]:
    nearest = store.similarity_search("label smoothing", k=100)
    return {document.metadata["passage"] for document in nearest}


def test_a_store_finds_what_faiss_finds_and_nothing_is_embedded_twice(built, store, model):
    with PaperIndex.open(built, embeddings=model) as index:
        by_faiss = found(index)
    with PaperIndex.open(built, vectors=store) as index:
        assert found(index) == by_faiss
        assert index.check().problems == []
    assert model.embedded <= 1  # Qdrant asks for one text to learn the dimension


def test_a_filter_really_filters(built, store):
    with PaperIndex.open(built, vectors=store) as index:
        hits = index.search(QUESTION, papers=["sand.pdf"])
        assert {hit.metadata["file"] for hit in hits} == {"sand.pdf"}


def test_a_filter_of_many_passages_falls_back_on_the_database(built, store, monkeypatch):
    monkeypatch.setattr("r1agent_indexes.vectors.external._FEW", 0)
    monkeypatch.setattr("r1agent_indexes.vectors.external._MOST", 1)
    with PaperIndex.open(built, vectors=store) as index:
        hits = index.search("water table pump", papers=["smoothing.pdf"], k=3)
        assert {hit.metadata["file"] for hit in hits} == {"smoothing.pdf"}


def test_what_is_added_and_removed_reaches_the_store(built, papers, model):
    store = qdrant(model)
    with PaperIndex.open(built, vectors=store) as index:
        (papers / "more.md").write_text("# More\n\nGroundwater tables fall when wells pump.\n")
        added = index.add([papers]).added[0]
        assert f"{added.id}:0" in names(store)
        index.remove("more.md")
        assert f"{added.id}:0" not in names(store)
        assert index.check().problems == []


def test_a_store_that_is_behind_is_searched_as_if_it_were_not(built, papers, model):
    store = qdrant(model)
    PaperIndex.open(built, vectors=store).close()
    (papers / "more.md").write_text("# More\n\nGroundwater tables fall when wells pump.\n")
    with PaperIndex.open(built, embeddings=model) as by_faiss:
        by_faiss.add([papers])
        by_faiss.remove("sand.pdf")
        with writer_lock(built):  # so that opening cannot bring the store up to date
            index = PaperIndex.open(built, vectors=store)
        vector = query_vector(model.embed_query("groundwater"))
        wanted = dict(by_faiss.vectors.search(vector, k=100))
        assert dict(index.vectors.search(vector, k=100)) == pytest.approx(wanted, abs=1e-5)
        assert "more.md" in index.search("groundwater pump", k=1)[0].metadata["file"]
        index.close()


def test_an_index_goes_back_to_faiss(built, papers, model):
    with PaperIndex.open(built, vectors=qdrant(model)) as index:
        (papers / "more.md").write_text("# More\n\nGroundwater tables fall when wells pump.\n")
        index.add([papers])
    with PaperIndex.open(built, embeddings=model) as by_faiss:
        assert by_faiss.search("groundwater pump", k=1)[0].metadata["file"] == "more.md"
        by_faiss.check(repair=True)
        assert by_faiss.check().problems == []


def test_filling_a_store_leaves_the_file_of_faiss_in_use(built, model):
    PaperIndex.open(built, vectors=qdrant(model)).close()
    with PaperIndex.open(built, embeddings=model) as by_faiss:
        assert by_faiss.check().problems == []


def test_an_emptied_store_is_filled_again_when_it_is_opened(built, model):
    PaperIndex.open(built, vectors=qdrant(model)).close()
    other = qdrant(model)
    with PaperIndex.open(built, vectors=other) as index:
        assert len(names(other)) == index.manifest().chunks
    assert model.embedded <= 4


def test_passages_that_vanish_while_the_index_is_open_are_still_found(built, model):
    store = InMemoryVectorStore(StoredEmbeddings(model))
    with PaperIndex.open(built, vectors=store) as index:
        before = found(index)
        store.store.clear()
        assert found(index) == before
        (problem,) = index.check().problems
        assert "lacks" in problem.text
        index.check(repair=True)
        assert len(names(store)) == index.manifest().chunks


def test_what_others_keep_in_the_store_is_left_alone_and_not_found(built, model):
    store = qdrant(model)
    others = [Document("label smoothing hurts distillation", id=str(n) * 32) for n in range(3)]
    store.add_documents(others)
    with PaperIndex.open(built, vectors=store) as index:
        assert all(":" in name for name, _ in found(index))
    assert len(store.get_by_ids([other.id for other in others])) == 3


def test_a_killed_writer_leaves_no_passage_twice(built, model):
    store = InMemoryVectorStore(StoredEmbeddings(model))
    PaperIndex.open(built, vectors=store).close()
    with sqlite3.connect(built / "external.sqlite") as ledger:
        ledger.execute("UPDATE sent SET certain = 0")
    ledger.close()
    with PaperIndex.open(built, vectors=store) as index:
        assert len(store.store) == index.manifest().chunks


def test_passages_of_the_same_text_are_all_sent(tmp_path, model):
    store = InMemoryVectorStore(StoredEmbeddings(model))
    with PaperIndex.open(tmp_path / "index", vectors=store, create=True) as index:
        index.as_vector_store().add_texts(["twice", "twice", "once"])
        assert len(store.store) == 3
        assert index.check().problems == []


def test_an_index_can_be_made_with_a_store_from_the_start(tmp_path, papers, model):
    with PaperIndex.open(tmp_path / "index", vectors=qdrant(model), create=True) as index:
        index.add([papers])
        assert index.search(QUESTION)[0].metadata["file"] == "smoothing.pdf"


def test_a_store_on_disk_is_used_again_without_sending_anything(built, tmp_path, model):
    for _ in range(2):
        store = qdrant(model, path=str(tmp_path / "qdrant"))
        before = store.client.count("papers").count
        with PaperIndex.open(built, vectors=store) as index:
            passages = index.manifest().chunks
        store.client.close()
    assert before == passages


def test_a_store_that_cannot_be_reached_is_named_with_what_to_do(built, model):
    with (
        PaperIndex.open(built, vectors=LostStore(StoredEmbeddings(model))) as index,
        pytest.raises(VectorStoreError, match=r"`LostStore` failed \(ConnectionError: .*FAISS"),
    ):
        index.search(QUESTION)


def test_a_store_that_fails_while_papers_are_added_loses_none(tmp_path, papers, model):
    store = FullStore(StoredEmbeddings(model))
    with (
        PaperIndex.open(tmp_path / "index", vectors=store, create=True) as index,
        pytest.raises(VectorStoreError, match="no space left on the server"),
    ):
        index.add([papers])
    whole = InMemoryVectorStore(StoredEmbeddings(model))
    with PaperIndex.open(tmp_path / "index", vectors=whole) as index:
        assert len(whole.store) == index.manifest().chunks
        assert len(index.papers()) == 3


def test_a_store_that_would_embed_again_is_refused_with_what_to_do(built, model):
    with pytest.raises(VectorStoreError, match=r"Make it with `StoredEmbeddings\(MODEL\)`"):
        PaperIndex.open(built, embeddings=model, vectors=InMemoryVectorStore(model))


def test_a_store_of_another_model_is_refused(built):
    class OtherEmbeddings(HashEmbeddings):
        model_name = "other"

    store = InMemoryVectorStore(StoredEmbeddings(OtherEmbeddings()))
    with pytest.raises(IndexMismatchError):
        PaperIndex.open(built, vectors=store)


def test_stored_embeddings_embed_what_is_not_at_hand(model):
    embeddings = StoredEmbeddings(model)
    assert embeddings.embed_documents(["a b"]) == [model.embed_query("a b")]
    assert embeddings.embed_query("a b") == model.embed_query("a b")
    assert embeddings.model_name == "hash-64"
