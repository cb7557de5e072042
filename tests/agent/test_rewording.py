"""Where the gate disagrees, other wordings come from one request; so do further programs."""

from dataclasses import replace

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.profiles import LARGE, SMALL
from r1agent_tools import python_tool
from tests.agent.made_runs import passage, search_tool
from tests.agent.writing_server import counts, writing_server

QUESTION = "What did dropout lower?"
RIGHT = "Dropout of 0.5 lowered the test error from 12.1 % to 10.4 % [1]."
WRONG = "Dropout of 0.5 lowered the test error from 21.1 % to 10.4 % [1]."
WRITES = replace(LARGE, plans_freely=False)


def asked(*texts, profile=WRITES, refuses=False):
    with writing_server(*texts, refuses=refuses) as (model, requests):
        assistant = ResearchAssistant(model, [search_tool(passage())], profile=profile)
        return assistant.ask(QUESTION), requests


def test_the_first_wording_that_holds_is_taken():
    answer, requests = asked(WRONG, WRONG.replace("21", "22"), RIGHT, WRONG)
    assert answer.text == RIGHT.replace(" [1].", ". [1]")
    assert counts(requests) == [1, 3]
    assert answer.audit.usage["writer"].calls == 2


def test_a_sentence_that_holds_is_not_worded_anew():
    answer, requests = asked(RIGHT)
    assert (answer.outcome, counts(requests)) == ("answered", [1])


def test_where_no_wording_holds_the_sentence_is_left_out_with_its_own_reason():
    answer, requests = asked(WRONG, *(WRONG.replace("21", f"3{n}") for n in range(3)))
    assert answer.claims == ()
    assert answer.dropped[0].text == WRONG.replace(" [1]", "")
    assert len(requests) == 2


def test_the_request_begins_as_that_for_the_answer():
    _, requests = asked(WRONG, RIGHT)
    first, second = (body["messages"][-1]["content"] for body in requests)
    shared = first.index("Answer from the passages")
    assert second[:shared] == first[:shared]
    assert "21.1 % is not in" in second


@pytest.mark.parametrize("profile", [SMALL, replace(SMALL, drafts=1)])
def test_a_small_model_gets_no_second_try(profile):
    answer, requests = asked(WRONG, profile=profile)
    assert answer.claims == ()
    assert not any("does not hold" in str(body["messages"]) for body in requests)


def test_a_server_that_writes_one_at_a_time_is_asked_for_one_and_no_more():
    answer, requests = asked(WRONG, refuses=True)
    assert answer.claims == ()
    assert counts(requests) == [1, 1]


def test_mathematics_two_programs_that_disagree_are_decided_by_more_from_one_request(sandbox):
    programs = [f"```python\nprint({sum})\n```" for sum in ("40 + 1", "40 + 2", "43 - 1", "9 + 9")]
    with writing_server(*programs, "It is 42.") as (model, requests):
        assistant = ResearchAssistant(model, [python_tool(sandbox)], sandbox=sandbox)
        answer = assistant.ask("What is the sum of 40 and 2?")
    assert counts(requests) == [1, 1, 2, 1]
    verdict = answer.trajectory.steps[0].verdict
    assert (verdict.support, verdict.rests_on) == (
        "supported",
        "two of 3 programs, which both found 42",
    )
