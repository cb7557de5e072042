"""A run counts what it uses, keeps to its limits, and treats each role as its budget says."""

from __future__ import annotations

import time
from http.server import BaseHTTPRequestHandler

import pytest
from langchain_core.messages import AIMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.models import chat_model
from r1agent.models.request_cache import RequestCache
from r1agent.profiles import LARGE, SMALL, profile_for
from r1agent.run import BudgetSpentError, Limits, PromptTooLongError, Run
from r1agent.types import Usage
from tests.agent.made_runs import made_run
from tests.models.model_servers import body_of, completion, http_server, send

USED = {"input_tokens": 40, "output_tokens": 10, "total_tokens": 50}


class Count(BaseModel):
    number: int


class Served:
    """A server whose replies come in turn, with a window; `bodies` are the requests."""

    def __init__(self, *replies, window=4096):
        self.replies = replies
        self.window = window
        self.bodies = []

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        if request.path == "/v1/models":
            send(request, {"data": [{"id": "m-70b", "max_model_len": self.window}]})
        elif request.path == "/tokenize":
            send(request, {"count": len(str(body_of(request)["prompt"]).split())})
        else:
            self.bodies.append(body_of(request))
            send(request, self.replies[min(len(self.bodies), len(self.replies)) - 1])


def run_on(address, *, profile=LARGE, limits=None, **options) -> Run:
    model = chat_model(f"{address}/v1", "m-70b", max_retries=0, **options)
    return Run("r", "How many?", model=model, profile=profile, limits=limits or Limits())


@pytest.mark.parametrize(
    ("role", "tokens"),
    [
        ("planner", 4096),
        ("judge", 4096),
        ("executor", 1024),
        ("writer", 512),
        ("translator", 256),
        ("a role of one's own", 4096),
    ],
)
def test_planner_and_judge_think_and_the_writer_hardly(role, tokens):
    assert profile_for("deepseek-r1").thinking_for(role) == tokens
    assert SMALL.thinking_for(role) == 0


def test_the_budget_of_the_role_goes_with_the_request():
    server = Served(completion("Seven."), window=32768)
    with http_server(server) as address:
        run_on(address).complete("writer", "Write.", max_tokens=100)
    assert server.bodies[0]["thinking_token_budget"] == 512
    assert server.bodies[0]["max_tokens"] == 612


def test_a_model_that_does_not_think_gets_no_budget():
    server = Served(completion("Seven."))
    with http_server(server) as address:
        run_on(address, profile=SMALL).complete("planner", "Plan.", max_tokens=100)
    assert "thinking_token_budget" not in server.bodies[0]
    assert server.bodies[0]["max_tokens"] == 100


def test_thoughts_shrink_where_the_window_has_no_room_for_them():
    server = Served(completion("Seven."), window=1000)
    with http_server(server) as address:
        run_on(address).complete("planner", "word " * 236, max_tokens=100)
    assert server.bodies[0]["max_tokens"] == 1000 - 236 - 64
    assert server.bodies[0]["thinking_token_budget"] == 1000 - 236 - 64 - 100


def test_a_prompt_that_cannot_fit_names_window_and_need():
    server = Served(completion("Seven."), window=1000)
    with http_server(server) as address, pytest.raises(PromptTooLongError) as caught:
        run_on(address).complete("writer", "word " * 2000, max_tokens=100)
    assert "needs 2,164 tokens" in str(caught.value)
    assert "window is 1,000" in str(caught.value)
    assert not server.bodies


def test_replies_that_never_fit_are_counted_all_the_same():
    replies = [AIMessage("no", usage_metadata=USED)] * 2
    run, _, _ = made_run(replies=replies)
    with pytest.raises(ModelOutputError):
        run.fill("planner", "Plan.", Count, max_tokens=50)
    assert run.usage["planner"].calls == 2
    assert run.usage["planner"].completion_tokens == 20


def test_the_limit_of_tokens_stops_the_next_request():
    run, model, _ = made_run(
        replies=[AIMessage("x", usage_metadata=USED)] * 9, limits=Limits(tokens=100)
    )
    for _ in range(2):
        run.complete("writer", "Write.", max_tokens=5)
    with pytest.raises(BudgetSpentError, match="100 tokens"):
        run.complete("writer", "Write.", max_tokens=5)
    assert len(model.requests) == 2


def test_the_limit_of_seconds_cuts_a_request_under_way():
    def hang(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/v1/models":
            send(request, {"data": []})
        else:
            time.sleep(3)

    began = time.monotonic()
    with http_server(hang) as address:
        run = run_on(address, limits=Limits(seconds=0.5))
        with pytest.raises(BudgetSpentError, match=r"0\.5 seconds"):
            run.complete("writer", "Write.", max_tokens=5)
        assert time.monotonic() - began < 2


def test_a_server_that_dies_is_noted_before_the_run_ends():
    with http_server(lambda _: None) as address:
        pass
    run = run_on(address)
    with pytest.raises(ModelServerError, match="cannot be reached"):
        run.complete("writer", "Write.", max_tokens=5)
    assert "cannot be reached" in run.notices[0]


def test_an_answer_from_the_disk_is_counted_apart(tmp_path):
    server = Served(completion("Seven."))
    cache = RequestCache(tmp_path / "requests.sqlite")
    with http_server(server) as address:
        for _ in range(2):
            run = run_on(address, cache=cache)
            assert run.complete("writer", "Write.", max_tokens=5) == "Seven."
    assert run.usage["writer"].from_cache == 1
    assert run.usage["writer"].calls == run.usage["writer"].prompt_tokens == 0
    assert len(server.bodies) == 1


def test_the_same_prompt_again_in_a_run_is_asked_again_and_cached_as_such(tmp_path):
    server = Served(completion("Seven."), completion("Eight."), completion("Nine."))
    cache = RequestCache(tmp_path / "requests.sqlite")
    with http_server(server) as address:
        texts = [
            [run.complete("executor", "Program.", max_tokens=5) for _ in range(2)]
            for run in (run_on(address, cache=cache), run_on(address, cache=cache))
        ]
    assert texts == [["Seven.", "Eight."], ["Seven.", "Eight."]]


def test_a_damaged_cache_is_said_once_and_asked_past(tmp_path):
    path = tmp_path / "requests.sqlite"
    path.write_bytes(b"x" * 5000)
    server = Served(completion("Seven."))
    with http_server(server) as address:
        run = run_on(address, cache=RequestCache(path))
        for _ in range(2):
            assert run.complete("writer", "Write.", max_tokens=5) == "Seven."
    assert [notice for notice in run.notices if "not cached" in notice] == run.notices
    assert len(run.notices) == 1


def test_looking_something_up_again_calls_no_tool():
    seen = []

    @tool
    def search_papers(query: str, k: int = 5) -> str:
        """Search."""
        seen.append(query)
        return query

    run, _, _ = made_run()
    for arguments in ({"query": "a  B"}, {"k": 5, "query": " a b"}, {"query": "a b", "k": 6}):
        request = {"name": "search_papers", "args": arguments, "id": "1", "type": "tool_call"}
        run.use_tool(search_papers, request)
    assert seen == ["a  B", "a b"]


def test_usages_add_up():
    assert Usage(1, 2, 3, 4, 5.0, 6) + Usage(1, 1, 1, 1, 1.0, 1) == Usage(2, 3, 4, 5, 6.0, 7)


def as_many(*texts):
    """Return a server that writes as many of these texts as it is asked for, in order."""
    server = Served()
    left = list(texts)

    def answer(request: BaseHTTPRequestHandler) -> None:
        if not request.path.endswith("/chat/completions"):
            server(request)
            return
        body = body_of(request)
        server.bodies.append(body)
        said = completion("")
        said["choices"] = [
            {"index": place, "finish_reason": "stop", "message": message(left.pop(0))}
            for place in range(body.get("n") or 1)
        ]
        send(request, said)

    return server, answer


def message(text):
    return {"role": "assistant", "content": text}


def test_texts_asked_for_ahead_come_from_one_request_and_are_charged_once():
    server, answer = as_many("Seven.", "Eight.", "Nine.")
    with http_server(answer) as address:
        run = run_on(address, profile=SMALL)
        texts = [run.complete("writer", "Write.", max_tokens=5, ahead=ahead) for ahead in (1, 0, 0)]
    assert texts == ["Seven.", "Eight.", "Nine."]
    assert [body.get("n") for body in server.bodies] == [2, None]
    assert (run.usage["writer"].calls, run.usage["writer"].prompt_tokens) == (2, 14)


def test_texts_asked_for_ahead_are_for_that_prompt_and_role_alone():
    _, answer = as_many("Seven.", "Eight.", "Nine.", "Ten.")
    with http_server(answer) as address:
        run = run_on(address, profile=SMALL)
        run.complete("writer", "Write.", max_tokens=5, ahead=1)
        assert run.complete("writer", "Write it.", max_tokens=5) == "Nine."
        assert run.complete("judge", "Write.", max_tokens=5) == "Ten."
        assert run.complete("writer", "Write.", max_tokens=5) == "Eight."


def test_texts_asked_for_ahead_are_cached_as_the_samples_they_are(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite")
    server, answer = as_many("Seven.", "Eight.", "Nine.")
    with http_server(answer) as address:
        for ahead in (1, 0):
            run = run_on(address, profile=SMALL, cache=cache)
            texts = [run.complete("writer", "W.", max_tokens=5, ahead=ahead) for _ in range(2)]
            assert texts == ["Seven.", "Eight."]
    assert len(server.bodies) == 1


def test_a_request_that_the_deadline_cut_counts_as_one_of_unknown_cost():
    def hang(request: BaseHTTPRequestHandler) -> None:
        if request.path == "/v1/models":
            send(request, {"data": []})
        else:
            time.sleep(2)

    with http_server(hang) as address:
        run = run_on(address, profile=SMALL, limits=Limits(seconds=0.5))
        with pytest.raises(BudgetSpentError):
            run.complete("writer", "Write.", max_tokens=5)
    assert (run.usage["writer"].calls, run.usage["writer"].untold) == (1, 1)


def test_thoughts_are_counted_as_the_server_tells_them_else_by_their_length():
    told = completion("Seven.", reasoning="six")
    told["usage"] |= {"completion_tokens_details": {"reasoning_tokens": 2}}
    untold = completion("", "length", reasoning_content="Let me count")
    server = Served(told, untold)
    with http_server(server) as address:
        run = run_on(address, profile=SMALL)
        for role in ("planner", "judge"):
            run.complete(role, "Write.", max_tokens=5)
    assert run.usage["planner"].thinking_tokens == 2
    assert run.usage["judge"].thinking_tokens == 3


def test_a_reply_without_a_count_is_one_of_unknown_cost():
    reply = completion("Seven.")
    del reply["usage"]
    with http_server(Served(reply)) as address:
        run = run_on(address, profile=SMALL)
        run.complete("writer", "Write.", max_tokens=5)
    assert (run.usage["writer"].calls, run.usage["writer"].untold) == (1, 1)


def test_a_thought_is_told_with_what_it_took_and_a_reply_without_one_tells_nothing():
    events = []
    thought = completion("Seven.", reasoning="six and one")
    thought["usage"] |= {"completion_tokens_details": {"reasoning_tokens": 2}}
    with http_server(Served(thought, completion("Eight."))) as address:
        model = chat_model(f"{address}/v1", "m-70b", max_retries=0)
        run = Run("r", "?", model=model, profile=SMALL, limits=Limits(), listeners=[events.append])
        for role in ("planner", "writer"):
            run.complete(role, "Write.", max_tokens=5)
    (event,) = events
    assert event.name == "thought"
    assert 0 < event.data.pop("seconds") < run.usage["planner"].seconds
    assert event.data == {"role": "planner", "text": "six and one", "tokens": 2}
