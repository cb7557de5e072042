"""What fails in passing is asked again, in time; what does not is said at once."""

from __future__ import annotations

import email.utils
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler

import openai
import pytest
from httpx2 import Headers, Request, Response
from hypothesis import given
from hypothesis import strategies as st

from r1agent.errors import ModelServerError
from r1agent.models import ServedChatModel, chat_model
from r1agent.models.retrying import retry_after
from r1agent.models.terms import TERMS, OverdueError, Terms, under
from r1agent.profiles import SMALL
from r1agent.run import Limits, Run
from tests.models.model_servers import Answer, body_of, completion, http_server, send
from tests.models.streamed import ROLE, event, send_stream

BUSY: dict[str, object] = {"error": {"message": "busy"}}


def failing_first(fail: Answer, tries: list[float], times: int = 1) -> Answer:
    """Answer as `fail` does so many times, then with a completion."""

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(time.monotonic())
        if len(tries) <= times:
            fail(request)
            return
        send(request, completion("Yes."))

    return answer


def refusing(status: int, **headers: str) -> Answer:
    return lambda request: send(request, BUSY, status=status, **headers)


def hanging_up(request: BaseHTTPRequestHandler) -> None:
    body_of(request)
    request.connection.shutdown(socket.SHUT_RDWR)
    request.close_connection = True


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


@pytest.mark.parametrize("fail", [refusing(429), refusing(500), refusing(503), hanging_up])
def test_what_fails_in_passing_is_asked_again(fail: Answer):
    tries: list[float] = []
    with http_server(failing_first(fail, tries, times=2)) as address:
        assert chat_model(f"{address}/v1", "m").invoke("hi").text == "Yes."
    assert len(tries) == 3


@pytest.mark.asyncio
@pytest.mark.parametrize("fail", [refusing(429), hanging_up])
async def test_asynchronous_calls_are_repeated_too(fail: Answer):
    tries: list[float] = []
    with http_server(failing_first(fail, tries)) as address:
        assert (await chat_model(f"{address}/v1", "m").ainvoke("hi")).text == "Yes."
    assert len(tries) == 2


@pytest.mark.parametrize("status", [400, 401, 404, 422, 501])
def test_what_will_fail_again_is_not_asked_again(status: int):
    tries: list[float] = []
    with http_server(failing_first(refusing(status), tries)) as address:
        model = chat_model(f"{address}/v1", "m")
        with pytest.raises(ModelServerError, match=f"status {status}"):
            model.invoke("hi")
    assert len(tries) == (2 if status == 404 else 1)  # 404: the list of models


def test_without_retries_one_failure_is_the_end():
    tries: list[float] = []
    with (
        http_server(failing_first(refusing(503), tries)) as address,
        pytest.raises(ModelServerError, match=r"failed \(status 503"),
    ):
        chat_model(f"{address}/v1", "m", max_retries=0).invoke("hi")
    assert len(tries) == 1


def test_retry_after_in_seconds_is_waited():
    tries: list[float] = []
    with http_server(failing_first(refusing(429, Retry_After="1"), tries)) as address:
        chat_model(f"{address}/v1", "m").invoke("hi")
    assert 1.0 <= tries[1] - tries[0] < 4.0


def test_retry_after_as_a_date_is_waited():
    tries: list[float] = []

    def refuse(request: BaseHTTPRequestHandler) -> None:
        date = email.utils.formatdate(time.time() + 3, usegmt=True)
        send(request, BUSY, status=503, Retry_After=date)

    with http_server(failing_first(refuse, tries)) as address:
        chat_model(f"{address}/v1", "m").invoke("hi")
    assert 1.0 <= tries[1] - tries[0] < 6.0


@pytest.mark.parametrize("asked", ["121", "99999999999999999999", "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_longer_wait_than_two_minutes_is_told_instead(asked: str):
    tries: list[float] = []
    with (
        http_server(failing_first(refusing(429, Retry_After=asked), tries)) as address,
        pytest.raises(ModelServerError, match="asks to wait"),
    ):
        chat_model(f"{address}/v1", "m").invoke("hi")
    assert len(tries) == 1


@given(st.one_of(st.text(), st.integers().map(str), st.floats().map(str)))
def test_whatever_stands_in_retry_after_is_a_time_or_nothing(asked: str):
    headers = Headers({"Retry-After": asked.encode("utf-8", "replace")})
    response = Response(429, headers=headers, request=Request("POST", "http://h/"))
    seconds = retry_after(openai.RateLimitError("busy", response=response, body=None))
    assert seconds is None or seconds >= 0


def test_no_pause_goes_past_the_deadline():
    began = time.monotonic()
    with http_server(refusing(429, Retry_After="60")) as address:
        model = chat_model(f"{address}/v1", "m")
        with pytest.raises((ModelServerError, OverdueError)):
            under(Terms(time.monotonic() + 1), lambda: model.invoke("hi"))
    assert time.monotonic() - began < 3


def test_a_stream_that_is_just_closed_before_its_first_token_is_asked_for_again():
    tries: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        if len(tries) > 1:
            send_stream(request, [{"content": "Yes."}])
            return
        body_of(request)
        send(request, event(ROLE), kind="text/event-stream")

    with http_server(answer) as address:
        pieces = [piece.text for piece in chat_model(f"{address}/v1", "m").stream("hi")]
    assert ("".join(pieces), len(tries)) == ("Yes.", 2)


def test_a_stream_that_breaks_before_its_first_token_is_asked_for_again():
    tries: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        broken = len(tries) < 3
        send_stream(request, [ROLE] if broken else [ROLE, {"content": "Yes."}], whole=not broken)

    with http_server(answer) as address:
        pieces = [piece.text for piece in chat_model(f"{address}/v1", "m").stream("hi")]
    assert ("".join(pieces), len(tries)) == ("Yes.", 3)


@pytest.mark.asyncio
async def test_so_is_an_asynchronous_one():
    tries: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        broken = len(tries) < 2
        send_stream(request, [ROLE] if broken else [{"content": "Yes."}], whole=not broken)

    with http_server(answer) as address:
        stream = chat_model(f"{address}/v1", "m").astream("hi")
        assert "".join([piece.text async for piece in stream]) == "Yes."
    assert len(tries) == 2


@pytest.mark.parametrize("said", [{"content": "Ha"}, {"reasoning": "Hm"}])
def test_a_stream_that_breaks_later_is_not(said: dict[str, object]):
    tries: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        tries.append(1)
        send_stream(request, [ROLE, said], whole=False)

    with (
        http_server(answer) as address,
        pytest.raises(ModelServerError, match="stopped in the middle"),
    ):
        list(chat_model(f"{address}/v1", "m").stream("hi"))
    assert len(tries) == 1


def yes(request: BaseHTTPRequestHandler) -> None:
    body_of(request)
    send(request, completion("Yes."))


def ask_twice_with_a_restart(model: ServedChatModel, port: int, away: float) -> str:
    """Ask a server, take it away, ask again, and have it come back meanwhile."""
    with http_server(yes, port):
        model.invoke("first")
    back = threading.Event()

    def come_back() -> None:
        time.sleep(away)
        with http_server(yes, port):
            back.wait(20)

    server = threading.Thread(target=come_back)
    server.start()
    try:
        return model.invoke("second").text
    finally:
        back.set()
        server.join()


def test_a_server_that_restarts_is_waited_for_and_the_user_is_told():
    port = free_port()
    notices: list[str] = []
    model = chat_model(f"http://127.0.0.1:{port}/v1", "m", max_retries=0, server_wait_seconds=30)
    token = TERMS.set(Terms(notice=notices.append))
    try:
        assert ask_twice_with_a_restart(model, port, away=1.5) == "Yes."
    finally:
        TERMS.reset(token)
    assert notices == [
        f"The model server at 'http://127.0.0.1:{port}/v1' stopped answering; waiting up to "
        "30 s for it to come back."
    ]


def test_a_run_notes_that_it_waited():
    port = free_port()
    model = chat_model(f"http://127.0.0.1:{port}/v1", "m", max_retries=0, server_wait_seconds=1)
    run = Run("r", "How many?", model=model, profile=SMALL, limits=Limits(seconds=30))
    with http_server(yes, port):
        assert run.complete("writer", "first", max_tokens=9) == "Yes."
    with pytest.raises(ModelServerError, match="cannot be reached"):
        run.complete("writer", "second", max_tokens=9)
    assert "stopped answering; waiting up to 1 s for it to come back." in run.notices[0]


@pytest.mark.asyncio
async def test_an_asynchronous_call_waits_for_a_restart_too():
    port = free_port()
    model = chat_model(f"http://127.0.0.1:{port}/v1", "m", max_retries=0)
    with http_server(yes, port):
        await model.ainvoke("first")
    back = threading.Event()

    def come_back() -> None:
        time.sleep(1.0)
        with http_server(yes, port):
            back.wait(20)

    server = threading.Thread(target=come_back)
    server.start()
    try:
        assert (await model.ainvoke("second")).text == "Yes."
    finally:
        back.set()
        server.join()


def test_a_server_that_stays_away_is_given_up():
    port = free_port()
    model = chat_model(f"http://127.0.0.1:{port}/v1", "m", max_retries=0, server_wait_seconds=1)
    with http_server(yes, port):
        model.invoke("first")
    began = time.monotonic()
    with pytest.raises(ModelServerError, match="cannot be reached"):
        model.invoke("second")
    assert 1.0 <= time.monotonic() - began < 15


def test_an_address_that_never_answered_is_not_waited_for():
    began = time.monotonic()
    with pytest.raises(ModelServerError, match="cannot be reached"):
        chat_model(f"http://127.0.0.1:{free_port()}/v1", "m").invoke("hi")
    assert time.monotonic() - began < 5


def test_the_deadline_ends_the_wait_for_a_server():
    port = free_port()
    model = chat_model(f"http://127.0.0.1:{port}/v1", "m")
    with http_server(yes, port):
        model.invoke("first")
    began = time.monotonic()
    with pytest.raises((ModelServerError, OverdueError)):
        under(Terms(time.monotonic() + 1.5), lambda: model.invoke("second"))
    assert time.monotonic() - began < 3
