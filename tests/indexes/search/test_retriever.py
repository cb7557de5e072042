import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from r1agent_indexes import PaperIndex, PaperRetriever
from r1agent_indexes.search.retriever import fuse


class TestPaperRetriever(RetrieversIntegrationTests):
    @pytest.fixture(autouse=True)
    def _index(self, tmp_path, papers, embeddings):
        with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
            index.add([papers])
            self._params = {"index": index}
            yield

    @property
    def retriever_constructor(self) -> type[BaseRetriever]:
        return PaperRetriever

    @property
    def retriever_constructor_params(self) -> dict:
        return self._params

    @property
    def retriever_query_example(self) -> str:
        return "label smoothing and calibration"


def test_fusion_prefers_what_both_rankings_put_high():
    assert list(fuse([[1, 2, 3], [2, 4]])) == [2, 1, 4, 3]
    assert fuse([[7], [7]]) == {7: 1.0}


def test_no_paper_takes_all_places(tmp_path, papers, embeddings):
    sentence = "The loss fell again by {} points in the long run of this experiment. "
    text = "\f".join("".join(sentence.format(n) for n in range(p, p + 3)) for p in range(20))
    (papers / "long.txt").write_text(text)
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        files = [d.metadata["file"] for d in index.as_retriever(k=8).invoke("loss fell points")]
        assert (len(files), files.count("long.txt")) == (8, 6)
