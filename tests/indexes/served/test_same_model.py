import numpy as np
import pytest
from langchain_core.vectorstores import InMemoryVectorStore

from r1agent_indexes import (
    IndexMismatchError,
    PaperIndex,
    PaperIndexError,
    ServedEmbeddings,
    StoredEmbeddings,
)
from tests.indexes.made_pdfs import HashEmbeddings
from tests.indexes.served.embedding_servers import model_server


class Turned(HashEmbeddings):
    """Another model of the same name and dimension."""

    def embed_query(self, text):
        return np.roll(super().embed_query(text), 1).tolist()


class Short(HashEmbeddings):
    def embed_query(self, text):
        return super().embed_query(text)[:32]


@pytest.fixture
def index(tmp_path, papers, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as built:
        built.add([papers])
    return tmp_path / "index"


def opened(folder, server):
    return PaperIndex.open(folder, embeddings=ServedEmbeddings(server.address, "hash-64"))


def test_an_index_is_searched_with_its_model_served_elsewhere(index, server, embeddings):
    with opened(index, server) as served, PaperIndex.open(index, embeddings=embeddings) as local:
        for question in ("label smoothing", "the water table"):
            wanted = local.search(question, k=3)
            found = served.search(question, k=3)
            assert [one.id for one in found] == [one.id for one in wanted]
    assert len(server.bodies) == 3  # two questions, and one passage to compare


def test_an_index_is_built_through_a_server_and_searched_without(tmp_path, papers, server):
    with PaperIndex.open(
        tmp_path / "index", embeddings=ServedEmbeddings(server.address), create=True
    ) as built:
        assert len(built.add([papers]).added) == 3
        assert built.manifest().embedding_model == "hash-64"
        assert built.check().ok
    with PaperIndex.open(tmp_path / "index", embeddings=HashEmbeddings()) as local:
        assert local.search("water table", k=1)[0].metadata["file"] == "sand.pdf"


@pytest.mark.parametrize(
    ("model", "found"),
    [(Turned(), r"cosine -?0\.\d+ to that"), (Short(), "32 numbers a passage, not 64")],
)
def test_another_model_under_the_same_name_is_refused(index, papers, model, found):
    (papers / "new.md").write_text("# New\n\nA new paper on pumps.\n")
    with model_server(model=model) as server, opened(index, server) as served:
        for work in (
            lambda: served.search("water"),
            lambda: served.add([papers]),
            lambda: served.as_vector_store().similarity_search("water"),
            lambda: served.as_vector_store().add_texts(["water"]),
        ):
            with pytest.raises(IndexMismatchError, match=found):
                work()
        assert len(served.papers()) == 3


def test_a_served_model_behind_a_vector_store_is_compared_too(index):
    with model_server(model=Turned()) as server:
        embedding = StoredEmbeddings(ServedEmbeddings(server.address, "hash-64"))
        store = InMemoryVectorStore(embedding)
        with (
            PaperIndex.open(index, vectors=store) as served,
            pytest.raises(IndexMismatchError, match="cosine"),
        ):
            served.search("water")


def test_another_name_is_refused_at_once(index, server):
    with pytest.raises(PaperIndexError, match="was built with the embedding model 'hash-64'"):
        PaperIndex.open(index, embeddings=ServedEmbeddings(server.address, "other"))


def test_what_embeds_nothing_needs_no_server(index):
    embeddings = ServedEmbeddings("http://127.0.0.1:9/v1", "hash-64")
    with PaperIndex.open(index, embeddings=embeddings) as offline:
        assert len(offline.papers()) == 3
        assert offline.check().ok
        assert len(offline.remove("sand.pdf")) == 1
