"""The loop as a system: what it says, what it cost, and each of its parts left out."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.systems.loop import loop_systems
from r1agent.evaluate.task import Example
from r1agent.types import Usage
from tests.agent.evaluate.systems.assistants import (
    FALSE,
    PASSAGES,
    QUESTION,
    SUM,
    TRUE,
    made,
    planned,
    replied,
)

ASKED = Example("q1", QUESTION, data={"tests": "assert False"})


def only(part, assistant, **options):
    """The loop without one part, and that alone."""
    whole, less = loop_systems(assistant, [part], **options)
    assert (whole.name, less.name) == ("loop", f"loop without {part}")
    return less


def test_the_loop_says_its_text_with_file_page_and_quote():
    (loop,) = loop_systems(made(TRUE))
    output = loop(ASKED)
    assert output.outcome == "answered"
    assert output.said == {
        "text": TRUE.replace(" [1].", ". [1]"),
        "citations": [
            {"file": "a.pdf", "page": 1, "quote": PASSAGES[0].page_content.split(" Training")[0]}
        ],
        "code": None,
        "computations": [],
    }


def test_the_loop_tells_what_all_its_requests_cost():
    (loop,) = loop_systems(made(replied(TRUE)))
    usage = loop(ASKED).usage
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (1, 100, 10)
    assert usage.seconds > 0


def test_the_loop_names_the_model_of_its_assistant():
    (loop,) = loop_systems(made())
    assert loop.model == "scripted-1b"


def test_the_whole_loop_drops_a_sentence_that_its_quotes_do_not_carry():
    (loop,) = loop_systems(made(FALSE))
    assert "81.5" not in loop(ASKED).said["text"]


def test_without_the_gate_that_sentence_is_shown_with_its_quotes():
    said = only("gate", made(FALSE))(ASKED).said
    assert "81.5" in said["text"]
    assert said["citations"]


def test_without_the_planner_every_plan_is_one_search():
    assert planned(made()) == ["python"]
    assert planned(only("planner", made(TRUE)).assistant) == ["search_papers"]


def test_without_the_planner_a_task_names_the_tool_of_the_one_step():
    assert planned(only("planner", made(TRUE), tool="python").assistant, QUESTION) == ["python"]


def test_without_the_planner_an_assistant_needs_the_tool_of_the_one_step():
    with pytest.raises(EvaluationError, match=r"'unit_tests', and this assistant has search_pap"):
        only("planner", made(), tool="unit_tests")


def test_without_tools_no_plan_computes():
    assert planned(only("tools", made(TRUE)).assistant) == ["search_papers"]


def test_without_tools_an_assistant_without_papers_fails_and_asks_nothing():
    without = only("tools", made(tools=[]))
    output = without(Example("q1", SUM))
    assert (output.outcome, output.usage) == ("failed", Usage())


def test_a_part_that_nobody_knows_is_refused_with_those_that_can_be_left_out():
    with pytest.raises(EvaluationError, match="Name one of: planner, gate, tools, rerank, verify"):
        next(loop_systems(made(), ["writer"]))


def test_parts_that_are_left_out_leave_the_whole_loop_as_it_was():
    whole = made()
    parts = (whole.planner, whole.executor, whole.gate, whole.prover, whole.tools)
    inside = (*vars(whole.executor).values(), whole.executor.tools.copy())
    assert len([*loop_systems(whole, ["planner", "gate", "tools", "verify"])]) == 5
    assert parts == (whole.planner, whole.executor, whole.gate, whole.prover, whole.tools)
    assert inside == (*vars(whole.executor).values(), whole.executor.tools)
