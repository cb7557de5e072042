"""The task of citation support."""

import json

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import figure
from r1agent.evaluate.task import Output, Wanted
from r1agent.evaluate.tasks.support import SupportTask
from r1agent.testing import HashEmbeddings, ScriptedChatModel

TEXT = "Dropout lowered the test error of small networks. It was measured on three data sets."
ROWS = [
    ("Dropout lowered the test error of small networks.", "SUPPORT"),
    ("Dropout raised the test error of small networks.", "REFUTE"),
    ("Sleep improves the memory of students.", "NEI"),
    ("It was measured on three data sets.", "SUPPORTS"),
    ("It was measured on nine data sets.", "contradict"),
]


@pytest.fixture
def task(tmp_path):
    rows = [{"claim": claim, "evidence": TEXT, "label": label} for claim, label in ROWS]
    path = tmp_path / "claims.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return SupportTask(path, embeddings=HashEmbeddings())


def system(task, name, **wanted):
    return next(one for one in task.systems(Wanted(**wanted)) if one.name == name)


def values(task, system):
    measured = [task.score(one, system(one)) for one in task.examples()]
    return {metric.name: figure(metric, measured).value for metric in task.metrics}


def verdict(word):
    return f'{{"text_says": "Dropout lowered the error.", "verdict": "{word}"}}'


def test_examples_are_grouped_by_their_label(task):
    assert [one.kind for one in task.examples()] == [
        "supported",
        "refuted",
        "not enough information",
        "supported",
        "refuted",
    ]


def test_judges_without_a_model_and_baselines_are_tried(task):
    assert [one.name for one in task.systems(Wanted()) if one.name != "NLI model"] == [
        "floors",
        "words only",
        "cosine",
        "overlap",
    ]


def test_baselines_can_be_left_out(task):
    names = {one.name for one in task.systems(Wanted(baseline=False))}
    assert not names & {"cosine", "overlap"}


def test_the_gate_tells_support_from_the_rest(task):
    found = values(task, system(task, "floors"))
    assert found["accuracy"] >= 0.6
    assert found["support AUC"] == 1.0
    assert found["false support"] == 0.0


def test_a_likeness_has_no_verdict_and_so_no_accuracy(task):
    found = values(task, system(task, "overlap"))
    assert found["accuracy"] is None
    assert found["false support"] is None
    assert found["support AUC"] > 0.5


@pytest.mark.parametrize(
    ("said", "right"), [("supported", 1.0), ("contradicted", 0.0), ("not stated", 0.0)]
)
def test_a_models_verdict_is_compared_with_the_label(said, right, task):
    model = ScriptedChatModel(replies=[verdict(said)])
    judge = system(task, "blind judge", assistant=ResearchAssistant(model, []))
    example = task.examples()[0]
    output = judge(example)
    assert (judge.model, output.usage.calls) == ("scripted-1b", 1)
    assert task.score(example, output)["right"] == right


def test_the_blind_judge_sees_the_quotes_and_the_claim(task):
    model = ScriptedChatModel(replies=[verdict("supported")])
    system(task, "blind judge", assistant=ResearchAssistant(model, []))(task.examples()[3])
    assert "It was measured on three data sets." in model.prompts[0]
    assert "Dropout lowered the test error" not in model.prompts[0].partition("Reply")[0]


def test_a_model_without_a_verdict_has_failed_and_is_wrong(task):
    model = ScriptedChatModel(replies=["no JSON", "no JSON either"])
    judge = system(task, "blind judge", assistant=ResearchAssistant(model, []))
    example = task.examples()[0]
    output = judge(example)
    measured = task.score(example, output)
    assert output.outcome == "failed"
    assert (measured["judged"], measured["right"]) == (1, 0)


def test_an_answer_that_never_came_is_wrong(task):
    measured = task.score(task.examples()[0], Output({}, "failed"))
    assert (measured["judged"], measured["right"], measured["passed"]) == (1, 0, 0)


def test_a_refuted_claim_that_passes_is_false_support(task):
    output = Output({"verdict": "SUPPORT", "support": 1.0, "leaning": 1.0})
    measured = task.score(task.examples()[1], output)
    assert (measured["passed"], measured["unsupported"]) == (1, 1)


def test_the_overlap_is_the_same_each_time(task):
    example = task.examples()[0]
    scores = {system(task, "overlap")(example).said["support"] for _ in range(3)}
    assert len(scores) == 1


def test_a_part_of_the_loop_cannot_be_left_out(task):
    with pytest.raises(EvaluationError, match="--without gate"):
        next(task.systems(Wanted(without=["gate"])))
