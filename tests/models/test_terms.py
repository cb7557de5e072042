"""A deadline ends a request under way, whatever hangs."""

from __future__ import annotations

import threading
import time
from http.server import BaseHTTPRequestHandler

import pytest
from langchain_core.messages import HumanMessage

from r1agent.models import chat_model
from r1agent.models.terms import TERMS, OverdueError, Terms, under
from tests.models.model_servers import http_server


def soon(seconds=0.3):
    return Terms(time.monotonic() + seconds)


def test_without_a_deadline_the_work_is_done_in_the_same_thread():
    assert under(Terms(), threading.get_ident) == threading.get_ident()


def test_the_terms_hold_for_the_work_only():
    assert under(Terms(sample=3), lambda: TERMS.get().sample) == 3
    assert under(Terms(time.monotonic() + 9, sample=3), lambda: TERMS.get().sample) == 3
    assert TERMS.get() == Terms()


def test_what_hangs_is_left_behind_at_the_deadline():
    began = time.monotonic()
    with pytest.raises(OverdueError):
        under(soon(), threading.Event().wait)
    assert time.monotonic() - began < 1.5


def test_no_work_is_begun_past_the_deadline():
    begun = []
    with pytest.raises(OverdueError):
        under(soon(-1), lambda: begun.append(1))
    assert not begun


def test_an_error_before_the_deadline_is_the_error():
    def fail():
        raise KeyError("x")

    with pytest.raises(KeyError):
        under(soon(9), fail)


def test_a_hung_server_is_let_go_and_not_asked_again():
    asked = []

    def hang(request: BaseHTTPRequestHandler) -> None:
        asked.append(1)
        request.connection.settimeout(5)
        request.rfile.read(int(request.headers["Content-Length"]))
        closed.append(request.rfile.read(1))  # empty once the client has hung up

    closed: list[bytes] = []
    with http_server(hang) as address:
        model = chat_model(f"{address}/v1", "m", timeout=60, max_retries=3)
        with pytest.raises(OverdueError):
            under(soon(0.5), lambda: model.invoke([HumanMessage("?")]))
        for _ in range(100):
            if closed:
                break
            time.sleep(0.05)
        time.sleep(1.0)  # in which the client would try again
    assert closed == [b""]
    assert len(asked) == 1


def test_a_server_that_drips_is_let_go_too():
    def drip(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        try:
            for _ in range(40):
                request.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    began = time.monotonic()
    with http_server(drip) as address:
        model = chat_model(f"{address}/v1", "m")
        with pytest.raises(OverdueError):
            under(soon(0.4), lambda: model.invoke([HumanMessage("?")]))
    assert time.monotonic() - began < 4
