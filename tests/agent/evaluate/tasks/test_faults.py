"""The task of planted faults."""

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import figure
from r1agent.evaluate.planted.judged import FAULT_METRICS, TRUE
from r1agent.evaluate.task import Output, TellsNotes, Wanted
from r1agent.evaluate.tasks.faults import FaultsTask
from r1agent.testing import HashEmbeddings, ScriptedChatModel
from tests.agent.evaluate.planted.made_papers import write_papers

NOT_STATED = '{"text_says": "Something else.", "verdict": "not stated"}'


@pytest.fixture(scope="module")
def task(tmp_path_factory):
    folder = write_papers(tmp_path_factory.mktemp("papers"))
    return FaultsTask(folder, pairs=4, embeddings=HashEmbeddings())


@pytest.fixture(scope="module")
def examples(task):
    return task.examples()


def of(kind, examples):
    return next(one for one in examples if one.kind == kind)


def test_true_sentences_come_first_and_every_id_is_its_own(examples):
    true = [one.kind == TRUE for one in examples]
    assert true == sorted(true, reverse=True)
    assert sum(true) == 3
    assert len({one.id for one in examples}) == len(examples)


def test_the_examples_are_the_same_each_time(task, examples):
    assert FaultsTask(task.data, pairs=4).examples() == examples


def test_the_gate_lets_true_sentences_pass_and_catches_planted_ones(task, examples):
    gate = next(task.systems(Wanted()))
    measured = [task.score(one, gate(one)) for one in examples]
    caught, rejected = (figure(metric, measured).value for metric in FAULT_METRICS)
    assert gate.name == "gate"
    assert gate.model == ""
    assert caught > 0.9
    assert rejected < 0.2


def test_a_fault_that_passes_is_not_caught(task, examples):
    fault = of("number", examples)
    assert task.score(fault, Output({"verdict": "supported"}))["caught"] == 0
    assert task.score(fault, Output({"verdict": "partly"}))["caught"] == 1


def test_a_true_sentence_that_does_not_pass_is_rejected(task, examples):
    assert task.score(examples[0], Output({"verdict": "unsupported"}))["rejected"] == 1
    assert task.score(examples[0], Output({"verdict": "supported"}))["rejected"] == 0


def test_no_verdict_counts_against_the_gate(task, examples):
    failed = Output({}, "failed")
    assert task.score(of("number", examples), failed)["caught"] == 0
    assert task.score(examples[0], failed)["rejected"] == 1


def test_a_model_judges_where_an_assistant_is_given(task, examples):
    model = ScriptedChatModel(replies=[NOT_STATED])
    [gate] = task.systems(Wanted(ResearchAssistant(model, [])))
    output = gate(examples[0])
    assert (gate.name, gate.model) == ("gate with blind judge", "scripted-1b")
    assert output.said["verdict"] == "partly"
    assert output.usage.calls == 1


def test_a_part_of_the_loop_cannot_be_left_out(task):
    with pytest.raises(EvaluationError, match="--without planner"):
        next(task.systems(Wanted(without=["planner"])))


def test_papers_that_cannot_be_read_are_told(tmp_path):
    (write_papers(tmp_path) / "broken.pdf").write_bytes(b"%PDF-1.4 nothing more")
    task = FaultsTask(tmp_path)
    assert isinstance(task, TellsNotes)
    [note] = task.notes
    assert note.startswith("Left out: ")


def test_papers_without_whole_sentences_are_refused(tmp_path):
    (tmp_path / "list.md").write_text("# A list\n\nsand, water\n", encoding="utf-8")
    with pytest.raises(EvaluationError, match="no sentence that can stand alone"):
        FaultsTask(tmp_path).examples()
