"""Mathematics: what is shown is held against the right value, and a model never sees that."""

import json

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.task import Example, Output, Wanted
from r1agent.evaluate.tasks.math import MathTask
from r1agent.testing import ScriptedChatModel
from r1agent_tools import python_tool

PROBLEM = {"question": "Ann has 5 bags of 11 nuts. How many nuts?", "answer": "#### 55"}
LATEX = {"problem": "Half of one?", "solution": r"$\boxed{\frac{1}{2}}$", "type": "Prealgebra"}


@pytest.fixture
def task(tmp_path, sandbox):
    path = tmp_path / "problems.jsonl"
    path.write_text(f"{json.dumps(PROBLEM)}\n{json.dumps(LATEX)}\n")
    return MathTask(path, sandbox)


def assistant(sandbox, *replies):
    return ResearchAssistant(
        ScriptedChatModel(replies=list(replies)), [python_tool(sandbox)], sandbox=sandbox
    )


def test_problems_become_examples(task):
    assert [(one.id, one.question, one.kind) for one in task.examples()] == [
        ("1", PROBLEM["question"], ""),
        ("2", "Half of one?", "Prealgebra"),
    ]


@pytest.mark.parametrize(
    ("number", "text", "right"),
    [(0, "5 * 11 = 55.\nAnswer: 55", 1), (0, "Answer: 54", 0), (1, r"\boxed{0.5}", 1), (1, "1", 0)],
)
def test_what_one_prompt_says_is_scored_by_its_final_answer(task, number, text, right):
    measures = task.score(task.examples()[number], Output({"text": text}))
    assert (measures["right"], measures["found_right"], measures["answered"]) == (right, right, 1)


def test_a_verified_program_counts_before_the_sentence_about_it(task):
    said = {"text": "55 nuts in 5 bags.", "computations": ["55"], "found": "55", "programs": 2}
    measures = task.score(task.examples()[0], Output(said))
    assert (measures["right"], measures["programs"]) == (1, 2)


def test_what_was_held_back_is_right_only_as_found(task):
    output = Output({"text": "No verified answer.", "found": "55", "programs": 4}, "failed")
    assert task.score(task.examples()[0], output) == {
        "answered": 0,
        "right": 0,
        "found_right": 1,
        "programs": 4,
    }


def test_a_system_that_broke_down_has_answered_nothing(task):
    measures = task.score(task.examples()[0], Output({"error": "too long"}, "failed"))
    assert set(measures.values()) == {0}


def test_one_prompt_asks_for_steps_and_the_number_last(task, sandbox):
    asked = assistant(sandbox, "5 * 11 = 55.\nAnswer: 55")
    plain = next(task.systems(Wanted(asked)))
    output = plain(task.examples()[0])
    assert (plain.name, plain.model, output.said) == (
        "plain",
        "scripted-1b",
        {"text": "5 * 11 = 55.\nAnswer: 55"},
    )
    assert "Think step by step" in asked.model.prompts[0]
    assert "#### 55" not in asked.model.prompts[0]


def test_the_loop_shows_what_two_programs_agree_on(task, sandbox):
    programs = ["```python\nprint(5 * 11)\n```", "```python\nprint(sum([11] * 5))\n```"]
    asked = assistant(sandbox, *programs, "Ann has 55 nuts.")
    [loop] = task.systems(Wanted(asked, baseline=False))
    example = task.examples()[0]
    output = loop(example)
    assert (loop.name, output.outcome, output.said["programs"]) == ("loop", "answered", 2)
    assert task.score(example, output)["right"] == 1
    assert not any("#### 55" in prompt for prompt in asked.model.prompts)


def test_a_program_that_prints_that_it_is_right_is_wrong(task):
    said = {"text": "55", "computations": ["right, the tests passed: 54"]}
    assert task.score(task.examples()[0], Output(said))["right"] == 0


def test_parts_of_the_loop_are_left_out_one_at_a_time(task, sandbox):
    wanted = Wanted(assistant(sandbox), without=["planner", "verify"])
    names = [system.name for system in task.systems(wanted)]
    assert names == ["plain", "loop", "loop without planner", "loop without verify"]


def test_without_a_model_nothing_can_be_asked(task):
    assert task.needs_model
    assert list(task.systems(Wanted())) == []


def test_every_metric_is_made_of_what_is_measured(task):
    measures = task.score(Example("1", "?", data={"answer": "1", "latex": False}), Output({}))
    assert {name for metric in task.metrics for name in metric.measures} <= set(measures)
