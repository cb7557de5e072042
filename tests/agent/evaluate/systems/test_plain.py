"""The baseline: one search, one prompt."""

import pytest

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.systems.plain import PASSAGES as FIVE
from r1agent.evaluate.systems.plain import PlainRetrieval, plain_prompt
from r1agent.evaluate.task import Example
from r1agent.models.window import ContextWindow, estimated_tokens
from r1agent.types import Usage
from tests.agent.evaluate.systems.assistants import (
    FALSE,
    PASSAGES,
    QUESTION,
    made,
    passage,
    python,
    replied,
)

ASKED = Example("q1", QUESTION)
MANY = [
    passage(number, f"Teacher {number} had an accuracy of {number} percent." * 3)
    for number in range(1, 41)
]
REPLY = 350


def answered(tokens, passages=MANY, window=None):
    """What plain retrieval with a budget says, of a model with a window."""
    known = ContextWindow(None, "scripted-1b", tokens=window)
    return PlainRetrieval(made("Ten.", passages=passages), tokens, known)(ASKED)


def shown(tokens, **options):
    """How many passages it shows."""
    return len(answered(tokens, **options).said["citations"])


def needed(passages):
    """Tokens of a prompt with so many passages, and of the longest reply."""
    return estimated_tokens(plain_prompt(MANY[:passages], QUESTION)) + REPLY


def test_it_says_what_the_model_says_and_cites_what_it_was_shown():
    assistant = made(FALSE)
    output = PlainRetrieval(assistant)(ASKED)
    assert (output.said["text"], output.outcome) == (FALSE, "answered")
    assert output.said["citations"] == [
        {"file": "a.pdf", "page": number, "quote": PASSAGES[number - 1].page_content}
        for number in (1, 2)
    ]
    assert assistant.model.prompts == [plain_prompt(PASSAGES, QUESTION)]
    assert QUESTION in assistant.model.prompts[0]


def test_it_tells_what_its_request_cost():
    usage = PlainRetrieval(made(replied("Ten.", prompt=70, reply=3)))(ASKED).usage
    assert (usage.calls, usage.prompt_tokens, usage.completion_tokens) == (1, 70, 3)


def test_it_has_a_name_of_its_own_with_a_budget():
    assert PlainRetrieval(made()).name == "plain"
    assert PlainRetrieval(made(), 900.0).name == "plain, same tokens"


def test_without_a_budget_five_passages_are_shown():
    assert shown(None) == FIVE == 5


def test_a_budget_is_filled_until_prompt_and_reply_come_to_it():
    assert shown(needed(6)) == 6
    assert shown(needed(6) + 1) == shown(needed(7)) == 7


def test_no_more_is_shown_than_the_window_holds():
    assert shown(None, window=needed(3)) == shown(1e6, window=needed(3)) == 3
    assert shown(None, window=needed(4) - 1) == 3


def test_a_question_that_does_not_fit_the_window_fails_and_asks_nothing():
    output = answered(None, window=REPLY)
    assert (output.outcome, output.said, output.usage) == (
        "failed",
        {"text": "", "citations": []},
        Usage(),
    )


def test_a_small_budget_still_shows_a_passage():
    assert shown(1.0) == 1


def test_a_budget_that_no_papers_can_fill_shows_all_that_is_found():
    assert shown(1e6) == len(MANY)
    assert shown(1e6, passages=PASSAGES) == 2


def test_nothing_found_is_asked_without_passages():
    assert shown(None, passages=[]) == shown(900.0, passages=[]) == 0


def test_an_assistant_without_papers_has_no_search():
    with pytest.raises(EvaluationError, match="r1agent index add"):
        PlainRetrieval(made(tools=[python]))(ASKED)
