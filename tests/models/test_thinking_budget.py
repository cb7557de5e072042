"""Thoughts are kept within their budget, however the server returns them, and never leak."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, HumanMessage
from pydantic import BaseModel

from r1agent.models import chat_model, complete, fill
from r1agent.testing import ScriptedChatModel
from tests.models.model_servers import body_of, completion, http_server, send

QUESTION = [HumanMessage("How many?")]
THOUGHT = "Let me count the apples, then the pears, then"
Reply = Callable[[dict[str, Any]], tuple[int, dict[str, Any]]]


class Count(BaseModel):
    number: int


def beside(field: str) -> Callable[[str, str], dict[str, Any]]:
    """Make replies of a server with a reasoning parser, which names its field so."""

    def reply(thought: str, text: str) -> dict[str, Any]:
        finish = "stop" if text else "length"
        return completion(text, finish, **{field: thought})

    return reply


def literal(thought: str, text: str) -> dict[str, Any]:
    """Make replies of a server without one."""
    if text:
        return completion(f"<think>\n{thought}\n</think>\n\n{text}")
    return completion(f"<think>\n{thought}", "length")


WAYS = [beside("reasoning"), beside("reasoning_content"), literal]


@contextmanager
def served(reply: Reply):
    """Serve completions that `reply` makes of each request; yield the model and the requests."""
    asked: list[dict[str, Any]] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        body = body_of(request)
        asked.append(body)
        status, said = reply(body)
        send(request, said, status=status)

    with http_server(answer) as address:
        yield chat_model(f"{address}/v1", "r1", max_retries=0), asked


def ask(model: BaseChatModel, **options: Any) -> str:
    options = {"max_tokens": 150, "thinking_tokens": 100, **options}
    return complete(model, QUESTION, **options).text


def refusing(*fields: str, otherwise: Reply) -> Reply:
    """Refuse requests that hold one of these fields, as a strict server does."""

    def reply(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
        unknown = [field for field in fields if field in body]
        return (400, {"error": {"message": f"unknown {unknown}"}}) if unknown else otherwise(body)

    return reply


def continued(body: dict[str, Any]) -> bool:
    return body["messages"][-1]["role"] == "assistant"


@pytest.mark.parametrize("way", WAYS)
def test_the_budget_is_told_to_a_server_that_keeps_it(way):
    with served(lambda _: (200, way(THOUGHT, "Seven."))) as (model, asked):
        assert ask(model) == "Seven."
    assert len(asked) == 1
    assert asked[0]["thinking_token_budget"] == 100
    assert asked[0]["max_tokens"] == 150


def test_a_server_that_refuses_a_budget_is_told_none_again():
    reply = refusing("thinking_token_budget", otherwise=lambda _: (200, literal(THOUGHT, "Seven.")))
    with served(reply) as (model, asked):
        assert [ask(model), ask(model)] == ["Seven.", "Seven."]
    assert ["thinking_token_budget" in body for body in asked] == [True, False, False]


def test_no_budget_is_sent_for_a_model_that_does_not_think():
    with served(lambda _: (200, completion("Seven."))) as (model, asked):
        assert ask(model, thinking_tokens=None) == "Seven."
    assert "thinking_token_budget" not in asked[0]


@pytest.mark.parametrize("way", WAYS)
def test_a_thought_that_eats_the_cap_is_closed_and_the_answer_follows(way):
    def reply(body):
        if continued(body):
            return 200, completion("Seven.")
        return 200, way(THOUGHT, "")

    with served(reply) as (model, asked):
        assert ask(model) == "Seven."
    closed = asked[1]
    assert closed["messages"][-1]["content"] == f"<think>\n{THOUGHT}\n</think>\n\n"
    assert closed["continue_final_message"] is True
    assert closed["add_generation_prompt"] is False
    assert closed["max_tokens"] == 50
    assert len(asked) == 2


@pytest.mark.parametrize(
    "late",
    [
        completion("", reasoning="Seven."),
        completion("", reasoning_content="Seven."),
        completion(f"<think>\n{THOUGHT}\n</think>\n\nSeven."),
        completion("</think>\n\nSeven."),
    ],
    ids=["as reasoning", "as reasoning_content", "with the thought before it", "with a second end"],
)
def test_the_answer_after_a_closed_thought_is_found_where_servers_put_it(late):
    with served(lambda body: (200, late if continued(body) else literal(THOUGHT, ""))) as (
        model,
        _,
    ):
        assert ask(model) == "Seven."


def test_a_server_that_continues_no_message_is_asked_in_words_and_remembered():
    def reply(body):
        last = body["messages"][-1]["content"]
        return 200, literal(THOUGHT, "Seven." if "Answer now" in last else "")

    with served(refusing("continue_final_message", otherwise=reply)) as (model, asked):
        assert [ask(model), ask(model)] == ["Seven.", "Seven."]
    assert sum(continued(body) for body in asked) == 1
    assert THOUGHT in asked[-1]["messages"][-1]["content"]


def test_a_model_without_a_server_is_asked_in_words():
    thinking = AIMessage(f"<think>{THOUGHT}", response_metadata={"finish_reason": "length"})
    model = ScriptedChatModel(replies=[thinking, "Seven."])
    assert ask(model) == "Seven."
    assert "Answer now" in model.prompts[1]


@pytest.mark.parametrize("way", WAYS)
def test_endless_thinking_ends_after_the_second_request_without_an_answer(way):
    with served(lambda _: (200, way(THOUGHT, ""))) as (model, asked):
        assert not ask(model)
    assert len(asked) == 2


@pytest.mark.parametrize("way", WAYS)
def test_a_thought_that_eats_the_cap_leaves_the_schema_filled(way):
    def reply(body):
        return 200, completion('{"number": 7}') if continued(body) else way(THOUGHT, "")

    with served(reply) as (model, asked):
        filled = fill(model, QUESTION, Count, max_tokens=150, thinking_tokens=100)
    assert filled.value == Count(number=7)
    assert filled.thinking == THOUGHT
    assert filled.usage.calls == 2
    assert "response_format" in asked[1]


@pytest.mark.parametrize("way", WAYS)
def test_an_object_inside_a_thought_is_no_answer(way):
    def reply(body):
        thought = 'Perhaps {"number": 1}, no'
        return 200, way(thought, json.dumps({"number": 7}))

    with served(reply) as (model, _):
        filled = fill(model, QUESTION, Count, max_tokens=150, thinking_tokens=100)
    assert filled.value == Count(number=7)


def test_a_server_without_schemas_or_budgets_is_still_understood():
    reply = refusing(
        "response_format",
        "thinking_token_budget",
        "continue_final_message",
        otherwise=lambda body: (
            200,
            literal(
                THOUGHT, '{"number": 7}' if "Answer now" in body["messages"][-1]["content"] else ""
            ),
        ),
    )
    with served(reply) as (model, _):
        filled = fill(model, QUESTION, Count, max_tokens=150, thinking_tokens=100)
    assert filled.value == Count(number=7)


def test_what_every_request_costs_is_told_also_where_the_next_one_fails():
    costs = []

    def reply(body):
        return (500, {}) if len(costs) else (200, literal(THOUGHT, ""))

    with served(reply) as (model, _), pytest.raises(Exception, match="failed"):
        ask(model, on_usage=costs.append)
    assert [cost.completion_tokens for cost in costs] == [3]
