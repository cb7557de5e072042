import pytest
from langchain_core.vectorstores import VectorStore
from langchain_tests.integration_tests.vectorstores import VectorStoreIntegrationTests

from r1agent_indexes import PaperIndex, PassageStore


class TestPassageStore(VectorStoreIntegrationTests):
    @pytest.fixture
    def vectorstore(self, tmp_path) -> VectorStore:
        embeddings = self.get_embeddings()
        with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
            yield index.as_vector_store()


def test_loose_documents_live_beside_papers(tmp_path, papers, embeddings):
    store = PassageStore.from_texts(
        ["a note on pumps"], embeddings, [{"kind": "note"}], ids=["n"], path=tmp_path / "index"
    )
    index = store.paper_index
    index.add([papers])
    assert store.similarity_search("a note on pumps", k=1)[0].metadata == {"kind": "note"}
    assert all("paper" in d.metadata for d in index.search("a note on pumps", k=20))
    assert index.check().problems == []
    index.close()


def test_loose_documents_alone_are_a_sound_index(tmp_path, embeddings):
    store = PassageStore.from_texts(["a note"], embeddings, ids=["n"], path=tmp_path / "index")
    assert store.paper_index.check(repair=True).problems == []
    assert [document.id for document in store.get_by_ids(["n"])] == ["n"]
    store.paper_index.close()
