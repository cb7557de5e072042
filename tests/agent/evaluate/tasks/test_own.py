"""The task `self`, on the example papers."""

import json

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.own.systems import WRITTEN
from r1agent.evaluate.own.trust import trust
from r1agent.evaluate.running import How, evaluate
from r1agent.evaluate.task import Wanted
from r1agent.evaluate.tasks.own import OwnPapersTask
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from r1agent_indexes import IndexNotFoundError, PaperIndex
from r1agent_tools import search_papers_tool


@pytest.fixture(scope="module")
def task(papers_index):
    return OwnPapersTask(papers_index.path, count=6, embeddings=HashEmbeddings())


@pytest.fixture(scope="module")
def evaluation(task):
    return evaluate(task)


def assistant_over(index, *replies):
    search = search_papers_tool(index.as_retriever(k=5))
    model = ScriptedChatModel(replies=list(replies))
    return ResearchAssistant(model, [search], embeddings=index.embeddings)


def test_gate_and_search_are_measured_without_a_model(evaluation):
    assert [one.name for one in evaluation.scored] == ["gate and search"]
    figures = {one.name: evaluation.scored[0].figure(one).value for one in evaluation.metrics}
    assert figures["faults caught"] >= 0.5
    assert figures["true rejected"] <= 0.5
    assert 0.5 <= figures["source page in first 10"] <= 1
    assert figures["source page in first 1"] <= figures["source page in first 10"]
    assert 0 <= figures["search tells them apart"] <= 1


def test_what_needs_a_model_is_not_measured_without_one(evaluation):
    figures = {one.name: evaluation.scored[0].figure(one).value for one in evaluation.metrics}
    assert figures["abstained"] is None
    assert figures["source page cited"] is None


def test_it_ends_with_one_plain_sentence(evaluation):
    told = trust(evaluation.scored)
    assert told.startswith("Of 100 planted errors the gate finds ")
    assert "source page among its first ten passages" in told


def test_it_says_how_questions_came_about(evaluation):
    assert any("never more than four of its words" in note for note in evaluation.notes)


def test_a_smaller_sample_of_the_same_seed_is_put(task):
    assert len(evaluate(task, how=How(limit=5)).scored[0].rows) == 5


def test_a_model_writes_a_question_and_is_asked_it(task, papers_index):
    passage = next(one for one in task.examples() if one.kind == WRITTEN)
    text = papers_index.get_passages([passage.data["passage"]])[0].page_content
    words = " and ".join(sorted({word for word in text.split() if word.isalpha()})[-3:])
    asked = f"How do {words} go together here?"
    assistant = assistant_over(papers_index, asked, *["Nothing is known."] * 9)
    system = next(task.systems(Wanted(assistant)))
    output = system(passage)
    assert (system.name, system.model) == ("loop", "scripted-1b")
    assert output.said["question"] == asked
    assert output.said["page_at"] >= 0
    assert json.loads(json.dumps(output.said)) == output.said


def test_an_unanswerable_question_is_put_to_the_loop(task, papers_index):
    unanswerable = next(one for one in task.examples() if one.kind.startswith("unanswerable"))
    assistant = assistant_over(papers_index, *["NOT IN PAPERS"] * 9)
    output = next(task.systems(Wanted(assistant)))(unanswerable)
    measures = task.score(unanswerable, output)
    assert measures["unanswerable_asked"] == 1
    assert assistant.model.prompts


def test_the_loop_stands_beside_less_of_it_and_one_prompt(task, papers_index):
    assistant = assistant_over(papers_index)
    wanted = Wanted(assistant, without=["gate"])
    assert [one.name for one in task.systems(wanted)] == ["loop", "loop without gate", "plain"]
    alone = Wanted(assistant, baseline=False)
    assert [one.name for one in task.systems(alone)] == ["loop"]


def test_an_assistant_without_papers_is_refused(task):
    alone = ResearchAssistant(ScriptedChatModel(replies=[]), [])
    with pytest.raises(EvaluationError, match="has no papers to search"):
        next(task.systems(Wanted(alone)))


def test_a_missing_index_is_named(tmp_path):
    with pytest.raises(IndexNotFoundError):
        OwnPapersTask(tmp_path / "none", embeddings=HashEmbeddings()).examples()


def test_papers_without_whole_sentences_are_refused(tmp_path):
    (tmp_path / "table.md").write_text("# Table\n\n12 14 15 and so on\n", encoding="utf-8")
    with PaperIndex.open(tmp_path / "i", embeddings=HashEmbeddings(), create=True) as index:
        index.add([tmp_path / "table.md"])
    with pytest.raises(EvaluationError, match="Nothing could be made"):
        OwnPapersTask(tmp_path / "i", embeddings=HashEmbeddings()).examples()
