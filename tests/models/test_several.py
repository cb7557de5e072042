"""Several replies come from one request, each with its own end and thoughts; the cost once."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any

import pytest
from langchain_core.messages import HumanMessage
from langchain_openai import ChatOpenAI

from r1agent.models import chat_model
from r1agent.models.request_cache import RequestCache
from r1agent.models.terms import Terms, under
from r1agent.models.writing import complete_several
from r1agent.testing import ScriptedChatModel
from tests.models.model_servers import body_of, completion, http_server, send

QUESTION = [HumanMessage("How many?")]


def several(*replies: tuple[str, str], **message: Any) -> dict[str, Any]:
    """Return a completion with a choice for each text and finish reason."""
    whole: dict[str, Any] = completion("")
    whole["choices"] = [
        {
            "index": place,
            "finish_reason": reason,
            "message": {"role": "assistant", "content": text, **message},
        }
        for place, (text, reason) in enumerate(replies)
    ]
    return whole


@contextmanager
def served(reply, **options: Any):
    asked: list[dict[str, Any]] = []

    def answer(request) -> None:
        asked.append(body_of(request))
        status, said = reply(asked[-1])
        send(request, said, status=status)

    with http_server(answer) as address:
        yield chat_model(f"{address}/v1", "m", max_retries=0, **options), asked


def as_many(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    texts = ["Seven.", "Eight.", "Nine."][: body.get("n") or 1]
    return 200, several(*[(text, "stop") for text in texts])


def refusing(body: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    if "n" in body:
        return 400, {"error": {"message": "Field 'n': Value must be between 1 <= value <= 1"}}
    return 200, completion("Seven.")


def texts_of(model, count: int = 2, **options: Any) -> list[str]:
    found = complete_several(model, QUESTION, count, max_tokens=20, **options)
    return [one.text for one in found]


def test_a_chat_model_of_the_users_own_is_asked_one_by_one_where_its_server_refuses_several():
    with served(refusing) as (model, asked):
        own = ChatOpenAI(base_url=model.api_base, model="m", api_key="none", max_retries=0)
        assert [texts_of(own), texts_of(own)] == [["Seven."], ["Seven."]]
    assert [body.get("n") for body in asked] == [2, None, None]


def test_all_replies_come_from_one_request():
    with served(as_many) as (model, asked):
        assert texts_of(model, 3) == ["Seven.", "Eight.", "Nine."]
    assert [body["n"] for body in asked] == [3]


def test_each_reply_has_its_own_end():
    with served(lambda _: (200, several(("Seven", "length"), ("Eight.", "stop")))) as (model, _):
        found = complete_several(model, QUESTION, 2, max_tokens=20)
    assert [one.finish_reason for one in found] == ["length", "stop"]


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_each_reply_has_its_own_thoughts(field):
    both = several(("Seven.", "stop"), ("Eight.", "stop"))
    for place, choice in enumerate(both["choices"]):
        choice["message"][field] = f"thought {place}"
    with served(lambda _: (200, both)) as (model, _):
        found = complete_several(model, QUESTION, 2, max_tokens=20)
    assert [one.thinking for one in found] == ["thought 0", "thought 1"]


def test_the_request_is_charged_once():
    spent = []
    with served(as_many) as (model, _):
        texts_of(model, on_usage=spent.append)
    assert sum(one.calls for one in spent) == 1
    assert sum(one.prompt_tokens for one in spent) == 7
    assert sum(one.completion_tokens for one in spent) == 3


def test_a_thought_that_eats_the_cap_is_closed_for_that_reply_alone():
    def reply(body):
        if body["messages"][-1]["role"] == "assistant":
            return 200, completion("Eight.")
        return 200, several(("Seven.", "stop"), ("<think>\nLet me count", "length"))

    with served(reply) as (model, asked):
        assert texts_of(model, thinking_tokens=10) == ["Seven.", "Eight."]
    assert len(asked) == 2


def test_a_server_that_refuses_gives_one_and_is_not_asked_again():
    with served(refusing) as (model, asked):
        assert [texts_of(model), texts_of(model)] == [["Seven."], ["Seven."]]
    assert ["n" in body for body in asked] == [True, False, False]


def test_a_server_that_passes_the_number_over_is_not_asked_again():
    with served(lambda _: (200, completion("Seven."))) as (model, asked):
        assert [texts_of(model), texts_of(model)] == [["Seven."], ["Seven."]]
    assert ["n" in body for body in asked] == [True, False]


def test_a_model_without_a_server_gives_one():
    assert texts_of(ScriptedChatModel(replies=["Seven."])) == ["Seven."]


def test_replies_asked_for_together_and_alone_are_the_same_samples_on_the_disk(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite")
    with served(as_many, cache=cache) as (model, asked):
        assert texts_of(model, 2) == ["Seven.", "Eight."]
        assert texts_of(model, 2) == ["Seven.", "Eight."]
        assert under(Terms(sample=1), lambda: texts_of(model, 1)) == ["Eight."]
        assert len(asked) == 1
        assert texts_of(model, 3) == ["Seven.", "Eight.", "Nine."]
    assert len(asked) == 2


def test_replies_from_the_disk_cost_nothing(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite")
    spent = []
    with served(as_many, cache=cache) as (model, _):
        texts_of(model)
        texts_of(model, on_usage=spent.append)
    assert [(one.calls, one.from_cache) for one in spent] == [(0, 1), (0, 1)]


def test_a_reply_that_was_cut_is_asked_for_again(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite")
    cut = several(("Seven.", "stop"), ("Eig", "length"))
    with served(lambda _: (200, cut), cache=cache) as (model, asked):
        texts_of(model)
        texts_of(model)
    assert len(asked) == 2


def test_whoever_adds_the_messages_up_counts_the_request_once():
    with served(as_many) as (model, _):
        (found,) = model.generate([QUESTION], n=2).generations
    told = [one.message.usage_metadata for one in found]
    assert [one and one["total_tokens"] for one in told] == [10, None]
