"""Where true sentences and faults are taken from."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.planted.corpus import corpus_of_folder, corpus_of_index
from r1agent.evaluate.planted.faults import plant
from r1agent.evaluate.planted.pairs import make_pairs
from r1agent.testing import HashEmbeddings
from r1agent_indexes import PaperIndex
from tests.agent.evaluate.planted.made_papers import write_papers


@pytest.fixture
def index(tmp_path):
    papers = write_papers(tmp_path / "papers")
    with PaperIndex.open(tmp_path / "index", embeddings=HashEmbeddings(), create=True) as opened:
        opened.add([papers])
        yield opened


def test_a_folder_gives_passages_that_stand_on_their_pages(tmp_path):
    corpus = corpus_of_folder(write_papers(tmp_path))
    assert {paper for paper, _ in corpus.pages} == {"smoothing", "sand"}
    for passage in corpus.passages.values():
        about = passage.metadata
        assert passage.page_content in corpus.page_text(about["paper"], about["page"])


def test_papers_of_the_same_name_are_told_apart(tmp_path):
    write_papers(tmp_path)
    write_papers(tmp_path / "again")
    assert len({paper for paper, _ in corpus_of_folder(tmp_path).pages}) == 4


def test_a_paper_that_cannot_be_read_is_left_out_and_named(tmp_path):
    (write_papers(tmp_path) / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    corpus = corpus_of_folder(tmp_path)
    assert {paper for paper, _ in corpus.pages} == {"smoothing", "sand"}
    assert [path.rpartition("/")[2] for path in corpus.unread] == ["broken.pdf"]


def test_a_folder_without_papers_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="No papers in"):
        corpus_of_folder(tmp_path)


def test_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="There is no"):
        corpus_of_folder(tmp_path / "nowhere")


def test_a_folder_of_which_nothing_can_be_read_is_refused(tmp_path):
    (tmp_path / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    with pytest.raises(EvaluationError, match="can be read"):
        corpus_of_folder(tmp_path)


def test_an_index_gives_its_own_passages_and_pages(index):
    corpus = corpus_of_index(index)
    assert {one.id for one in index.papers()} == {paper for paper, _ in corpus.pages}
    for name, passage in corpus.passages.items():
        assert index.get_passages([name])[0].page_content == passage.page_content


def test_faults_can_be_planted_into_the_papers_of_an_index(index):
    corpus = corpus_of_index(index)
    pairs = make_pairs(corpus, count=4, seed=1)
    assert {fault.kind for fault in plant(pairs, corpus, seed=1)} >= {"foreign_quote", "number"}


def test_of_an_index_some_papers_can_be_drawn_and_always_the_same(index):
    drawn = corpus_of_index(index, papers=1, seed=3)
    assert len({paper for paper, _ in drawn.pages}) == 1
    assert drawn.pages == corpus_of_index(index, papers=1, seed=3).pages


def test_an_empty_index_is_refused(tmp_path):
    with (
        PaperIndex.open(tmp_path, embeddings=HashEmbeddings(), create=True) as index,
        pytest.raises(EvaluationError, match="holds no paper with text"),
    ):
        corpus_of_index(index)
