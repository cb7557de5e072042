"""The task of retrieval."""

import importlib.util
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import BaseDocumentCompressor

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import figure
from r1agent.evaluate.task import Example, Output, Wanted
from r1agent.evaluate.tasks.retrieval import RetrievalTask, Searched, score_ranking
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from tests.agent.evaluate.made_collection import write_collection

pytest.importorskip("ir_measures")


class Backwards(BaseDocumentCompressor):
    """Turns the order around."""

    def compress_documents(self, documents, query, callbacks=None):
        return list(documents)[::-1]


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    folder = tmp_path_factory.mktemp("collection")
    write_collection(folder / "made")
    return RetrievalTask(
        folder / "made",
        cache=folder / "cache",
        embeddings=HashEmbeddings(),
        order=Backwards(),
    )


def systems(task, **wanted):
    return {one.name: one for one in task.systems(Wanted(**wanted))}


def test_an_example_is_a_question_that_is_judged(task):
    assert [(one.id, one.data) for one in task.examples()] == [
        ("q1", {"judged": {"d1": 2, "d3": 0}}),
        ("q2", {"judged": {"d/2": 1}}),
    ]


@pytest.mark.parametrize("name", ["words", "meaning", "default", "bare dense"])
def test_every_way_to_search_finds_what_answers(name, task):
    for system in task.systems(Wanted()):
        if system.name == name:
            measured = [task.score(one, system(one)) for one in task.examples()]
            assert figure(task.metrics[0], measured).value == 1.0
            return
    pytest.fail(f"no system {name}")


def test_a_reranker_is_tried_where_one_is_asked_for(task):
    assert "with reranker" in systems(task)
    without = RetrievalTask(task.data, cache=task.cache, embeddings=HashEmbeddings())
    assert "with reranker" not in systems(without)


def test_bare_searches_can_be_left_out(task):
    assert list(systems(task, baseline=False)) == ["default", "with reranker", "words", "meaning"]


def test_a_search_asks_no_model(task):
    assistant = ResearchAssistant(ScriptedChatModel(replies=[]), [])
    assert systems(task, assistant=assistant) == {}


def test_a_part_of_the_loop_cannot_be_left_out(task):
    with pytest.raises(EvaluationError, match="--without planner"):
        systems(task, without=["planner"])


def test_what_is_said_is_the_first_hundred_with_their_scores():
    search = Searched("made", lambda text: {f"d{number:03}": number for number in range(150)})
    ranking = search(Example("q", "question")).said["ranking"]
    assert len(ranking) == 100
    assert ranking[0] == ["d149", 149]


def test_an_answer_that_never_came_finds_nothing(task):
    measured = task.score(task.examples()[0], Output({}, "failed"))
    assert measured == {"nDCG@10": 0.0, "R@100": 0.0, "RR@10": 0.0}


def test_figures_are_those_of_trec_eval():
    found = {"a": 4.0, "b": 3.0, "c": 2.0}
    measured = score_ranking(found, {"b": 1, "c": 2, "x": 1})
    best = 2 + 1 / math.log2(3) + 1 / 2
    assert measured["nDCG@10"] == pytest.approx((1 / math.log2(3) + 2 / 2) / best)
    assert measured["R@100"] == pytest.approx(2 / 3)
    assert measured["RR@10"] == 0.5


@given(
    st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 1), max_size=8),
    st.dictionaries(st.sampled_from("abcdefgh"), st.integers(0, 3), min_size=1, max_size=8),
)
def test_figures_lie_between_0_and_1(found, judged):
    assert all(0 <= value <= 1 + 1e-9 for value in score_ranking(found, judged).values())


@given(st.permutations("abcdefgh"), st.sets(st.sampled_from("abcdefgh"), min_size=1))
def test_a_reciprocal_rank_is_that_of_the_first_that_answers(order, right):
    found = {name: float(len(order) - place) for place, name in enumerate(order)}
    first = 1 + min(order.index(name) for name in right)
    assert score_ranking(found, dict.fromkeys(right, 1))["RR@10"] == pytest.approx(1 / first)


def test_a_missing_scorer_is_told_before_anything_is_read(task, monkeypatch):
    monkeypatch.setattr(
        "r1agent.evaluate.tasks.retrieval.find_spec",
        lambda name: None if name == "ir_measures" else importlib.util.find_spec(name),
    )
    with pytest.raises(EvaluationError, match=r"pip install 'r1agent\[eval\]'"):
        task.examples()


def test_a_missing_bm25s_is_told_and_the_rest_is_measured(task, monkeypatch):
    monkeypatch.setattr(
        "r1agent.evaluate.tasks.retrieval.find_spec",
        lambda name: None if name == "bm25s" else importlib.util.find_spec(name),
    )
    assert list(systems(task))[-2:] == ["meaning", "bare dense"]
    assert task.notes == ["bm25s is not installed, so the bare keyword search is not beside ours."]


def test_a_folder_of_another_form_is_refused(tmp_path):
    with pytest.raises(EvaluationError, match="has no judgements"):
        RetrievalTask(tmp_path).examples()
