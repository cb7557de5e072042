import pytest
from langchain_core.retrievers import BaseRetriever
from langchain_tests.integration_tests import RetrieversIntegrationTests

from r1agent_indexes import PaperIndex, PaperRetriever
from r1agent_indexes.search.retriever import query_vector


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


def test_a_passage_found_by_words_has_its_cosine_too(tmp_path, papers, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        question = "How far does the pump lower the water table?"
        for passage in index.search(question, k=8):
            asked = query_vector(embeddings.embed_query(question))
            text = query_vector(embeddings.embed_documents([passage.page_content])[0])
            assert passage.metadata["similarity"] == pytest.approx(asked @ text, abs=2e-3)


def test_loose_documents_are_no_passages_of_papers(tmp_path, papers, embeddings):
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        index.as_vector_store().add_texts(["The pump lowers the water table."] * 300)
        found = index.search("pump water table", k=2)
        assert found[0].metadata["file"] == "sand.pdf"


def test_diversity_puts_a_repetition_last(tmp_path, embeddings):
    folder = tmp_path / "papers"
    folder.mkdir()
    for name, text in (
        ("one", "The pump lowers the water table by 12 cm."),
        ("two", "The pump lowers the water table by 12 cm again."),
        ("three", "The pump costs little and runs on sunlight in every season."),
    ):
        (folder / f"{name}.txt").write_text(text)
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([folder])
        found = index.search("How far does the pump lower the water table?", k=3, diversity=0.8)
        assert found[1].metadata["file"] == "three.txt"


def test_no_paper_takes_all_places(tmp_path, papers, embeddings):
    sentence = "The loss fell again by {} points in the long run of this experiment. "
    text = "\f".join("".join(sentence.format(n) for n in range(p, p + 3)) for p in range(20))
    (papers / "long.txt").write_text(text)
    with PaperIndex.open(tmp_path / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        files = [d.metadata["file"] for d in index.as_retriever(k=8).invoke("loss fell points")]
        assert (len(files), files.count("long.txt")) == (8, 6)
