"""A reply that is listened to is the same as one that is not, whatever the server can do."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk, HumanMessage
from pydantic import BaseModel

from r1agent.errors import ModelServerError
from r1agent.models import chat_model, complete, fill
from r1agent.models.hearing import ThinkingHeard
from r1agent.models.terms import Terms, under
from tests.models.model_servers import body_of, completion, http_server, send
from tests.models.streamed import ROLE, event, stream

QUESTION = [HumanMessage("How many?")]
BESIDE = [ROLE, {"reasoning": "Six "}, {"reasoning": "and one."}, {"content": "Sev"}]
WITHIN = [ROLE, {"content": "<think>Six and"}, {"content": " one.</think>Sev"}]
Answer = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]


class Listeners:
    """Makes a listener for each try, and keeps what all of them were told."""

    def __init__(self, *, starts_in_thought: bool = False) -> None:
        self.tries = 0
        self.told: list[str] = []
        self._starts_in_thought = starts_in_thought

    def __call__(self) -> ThinkingHeard:
        self.tries += 1
        return ThinkingHeard(self.told.append, starts_in_thought=self._starts_in_thought, every=0.0)


@contextmanager
def served(answer: Answer, **options: Any):
    """Yield a model whose server answers so, and the requests that it got."""
    asked: list[dict[str, Any]] = []

    def handle(request: BaseHTTPRequestHandler) -> None:
        body = body_of(request)
        asked.append(body)
        answer(request, body)

    with http_server(handle) as address:
        yield chat_model(f"{address}/v1", "r1", **{"max_retries": 0} | options), asked


def streaming(deltas: list[dict[str, object]]) -> Answer:
    return lambda request, _body: stream(request, [*deltas, {"content": "en."}])


def whole_only(request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """Send a reply in one piece, whatever was asked."""
    del body
    send(request, completion("Seven.", reasoning="Six and one."))


def refusing(request: BaseHTTPRequestHandler, body: dict[str, Any]) -> None:
    """Refuse streams."""
    if body.get("stream"):
        send(request, {"error": {"message": "no streams"}}, status=400)
    else:
        send(request, completion("Seven.", reasoning="Six and one."))


def heard(model, listeners, **options):
    options = {"max_tokens": 9, **options}
    return under(Terms(listen=listeners), lambda: complete(model, QUESTION, **options))


@pytest.mark.parametrize("deltas", [BESIDE, WITHIN])
def test_thoughts_are_told_while_they_are_written_and_the_reply_is_whole(deltas):
    listeners = Listeners()
    with served(streaming(deltas)) as (model, asked):
        reply = heard(model, listeners)
    assert (reply.thinking, reply.text) == ("Six and one.", "Seven.")
    assert reply.finish_reason == "stop"
    assert "".join(listeners.told) == "Six and one."
    assert [body["stream"] for body in asked] == [True]


def test_a_thought_that_the_prompt_opened_is_told_from_its_first_word():
    listeners = Listeners(starts_in_thought=True)
    deltas = [ROLE, {"content": "Six"}, {"content": " and one.</think>Sev"}]
    with served(streaming(deltas)) as (model, _):
        reply = heard(model, listeners, starts_in_thought=True)
    assert (reply.thinking, reply.text) == ("Six and one.", "Seven.")
    assert listeners.told[0] == "Six"


def test_nothing_is_streamed_where_nobody_listens():
    with served(whole_only) as (model, asked):
        assert complete(model, QUESTION, max_tokens=9).text == "Seven."
    assert not asked[0].get("stream")


def test_a_schema_is_filled_from_a_stream():
    class Count(BaseModel):
        number: int

    deltas = [ROLE, {"reasoning": "Six and one."}, {"content": '{"num'}]

    def answer(request: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        stream(request, [*deltas, {"content": 'ber": 7}'}])

    with served(answer) as (model, asked):
        filled = under(
            Terms(listen=Listeners()), lambda: fill(model, QUESTION, Count, max_tokens=9)
        )
    assert (filled.value.number, filled.thinking) == (7, "Six and one.")
    assert asked[0]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize("answer", [whole_only, refusing])
def test_a_server_without_streams_is_asked_for_whole_replies_from_then_on(answer):
    with served(answer) as (model, asked):
        replies = [heard(model, Listeners()) for _ in range(2)]
    assert [(one.thinking, one.text) for one in replies] == [("Six and one.", "Seven.")] * 2
    assert [body.get("stream", False) for body in asked] == [True, False, False]


def test_what_a_server_refuses_in_any_case_is_no_matter_of_streams():
    def answer(request: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        if len(asked) <= 2:
            send(request, {"error": {"message": "too long"}}, status=400)
        else:
            stream(request, [*BESIDE, {"content": "en."}])

    with served(answer) as (model, asked):
        with pytest.raises(ModelServerError, match="too long"):
            heard(model, Listeners())
        assert heard(model, Listeners()).text == "Seven."
    assert [body.get("stream", False) for body in asked] == [True, False, True]


def test_a_stream_that_breaks_off_is_asked_for_anew_and_heard_from_its_start():
    def answer(request: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        if len(asked) == 1:
            stream(request, BESIDE[:2], whole=False)
        else:
            stream(request, [*BESIDE, {"content": "en."}])

    listeners = Listeners()
    with served(answer, max_retries=1) as (model, asked):
        assert heard(model, listeners).text == "Seven."
    assert (len(asked), listeners.tries) == (2, 2)
    assert listeners.told == ["Six ", "Six ", "and one."]


def test_a_stream_that_only_closes_is_a_failure_of_the_server():
    def answer(request: BaseHTTPRequestHandler, _body: dict[str, Any]) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "text/event-stream")
        request.end_headers()
        request.wfile.write(event({"role": "assistant", "content": "Half"}))
        request.close_connection = True

    with served(answer) as (model, _), pytest.raises(ModelServerError, match="stream"):
        heard(model, Listeners())


def test_a_thought_is_told_at_once_and_then_a_few_times_a_second_not_at_each_token():
    now = [0.0]
    told: list[str] = []
    hear = ThinkingHeard(told.append, every=0.25, clock=lambda: now[0])
    for number in range(10):
        now[0] = number / 10
        hear(AIMessageChunk("", additional_kwargs={"reasoning_content": f"{number} "}))
    assert told == ["0 ", "1 2 3 ", "4 5 6 ", "7 8 9 "]
