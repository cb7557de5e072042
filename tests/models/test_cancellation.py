"""Ctrl-C, a cancelled task, a deadline and a closed model end requests at the server as well."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchItem, ThreadPool, run_batch
from r1agent.models import ServedChatModel, chat_model
from r1agent.models.cancellation import Cancellation, RequestCancelledError
from r1agent.models.terms import TERMS, OverdueError, Terms, under
from r1agent.types import Answer, Plan
from tests.models.model_servers import http_server, send
from tests.models.streamed import Hanging

SOON = 2.0  # seconds; it takes milliseconds, on a machine that is not busy


@contextmanager
def ctrl_c_once(server: Hanging, clients: int) -> Iterator[None]:
    """Send SIGINT to this process as soon as so many requests are under way."""

    def press() -> None:
        server.await_clients(clients)
        time.sleep(0.1)
        os.kill(os.getpid(), signal.SIGINT)

    pressing = threading.Thread(target=press)
    pressing.start()
    try:
        with pytest.raises(KeyboardInterrupt):
            yield
    finally:
        pressing.join(15)


class Asking:
    """An assistant whose every answer is one request."""

    def __init__(self, model: ServedChatModel, seconds: float | None) -> None:
        self._model = model
        self._seconds = seconds

    def ask(
        self,
        question: str,
        *,
        tests: str | None = None,
        within: str = "",
        plan: Plan | None = None,
    ) -> Answer:
        deadline = None if self._seconds is None else time.monotonic() + self._seconds
        under(Terms(deadline), lambda: self._model.invoke(question))
        raise AssertionError("nothing answers")


def look_up(word: str) -> str:
    """Look a word up.

    Args:
        word: Any.
    """
    return word


@pytest.mark.parametrize("seconds", [None, 60.0])
def test_ctrl_c_cuts_the_request_of_the_main_thread(seconds: float | None):
    server = Hanging()
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m")
        with ctrl_c_once(server, 1):
            Asking(model, seconds).ask("hi")
        server.await_leaving(1, SOON)


def test_ctrl_c_cuts_a_stream():
    server = Hanging(begins_stream=True)
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m")
        with ctrl_c_once(server, 1):
            list(model.stream("hi"))
        server.await_leaving(1, SOON)


@pytest.mark.parametrize("seconds", [None, 60.0])
@pytest.mark.parametrize("workers", [1, 4])
def test_ctrl_c_cuts_every_request_of_a_batch(tmp_path: Path, workers: int, seconds: float | None):
    server = Hanging()
    items = [BatchItem(str(number), f"Question {number}?") for number in range(8)]
    with http_server(server) as address:
        assistant = Asking(chat_model(f"{address}/v1", "m"), seconds)
        with ctrl_c_once(server, workers):
            run_batch(ThreadPool(assistant, workers=workers), items, tmp_path / "out.jsonl")
        server.await_leaving(workers, SOON)
        time.sleep(0.3)  # in which a worker would take the next question
    assert len(server.came) == workers


def test_events_that_nobody_reads_any_more_end_their_run():
    server = Hanging()
    with http_server(server) as address:
        assistant = ResearchAssistant(chat_model(f"{address}/v1", "r1-70b"), [look_up])
        events = assistant.events("What is a loss?")
        next(events)
        server.await_clients(1)
        events.close()
        server.await_leaving(1, SOON)
        time.sleep(0.3)  # in which the run would ask again
    assert len(server.came) == 1


def test_a_closed_model_cuts_what_is_under_way_and_sends_no_more():
    server = Hanging()
    errors: list[BaseException] = []

    def ask() -> None:
        try:
            model.invoke("hi")
        except RequestCancelledError as error:
            errors.append(error)

    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=2)
        threads = [threading.Thread(target=ask) for _ in range(4)]  # two are under way, two queued
        for thread in threads:
            thread.start()
        server.await_clients(2)
        model.close()
        server.await_leaving(2, SOON)
        for thread in threads:
            thread.join(SOON)
        with pytest.raises(RequestCancelledError, match="was cancelled"):
            model.invoke("hi")
    assert len(errors) == 4
    assert len(server.came) == 2


def test_a_closed_model_ends_the_pause_between_two_tries():
    asked = threading.Event()

    def answer(request) -> None:
        asked.set()
        send(request, {}, status=429, Retry_After="60")

    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "m")

        def close() -> None:
            asked.wait(10)
            time.sleep(0.2)
            model.close()

        closing = threading.Thread(target=close)
        closing.start()
        began = time.monotonic()
        with pytest.raises(RequestCancelledError):
            model.invoke("hi")
        closing.join()
    assert time.monotonic() - began < 5


@pytest.mark.asyncio
@pytest.mark.parametrize("begins_stream", [False, True])
async def test_a_cancelled_task_cuts_its_request(begins_stream: bool):
    server = Hanging(begins_stream=begins_stream)

    async def ask() -> None:
        if not begins_stream:
            await model.ainvoke("hi")
        async for _ in model.astream("hi"):
            pass

    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m")
        task = asyncio.create_task(ask())
        await asyncio.to_thread(server.await_clients, 1)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await asyncio.to_thread(server.await_leaving, 1, SOON)


@pytest.mark.asyncio
async def test_a_closed_model_cuts_asynchronous_requests_too():
    server = Hanging()
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m")
        task = asyncio.create_task(model.ainvoke("hi"))
        await asyncio.to_thread(server.await_clients, 1)
        model.close()
        with pytest.raises(RequestCancelledError):
            await task
        await asyncio.to_thread(server.await_leaving, 1, SOON)


@pytest.mark.parametrize("begins_stream", [False, True])
def test_the_deadline_cuts_the_connection_at_once(begins_stream: bool):
    server = Hanging(begins_stream=begins_stream)
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m", timeout=60)
        end = time.monotonic() + 0.7
        with pytest.raises(OverdueError):
            under(Terms(end), lambda: list(model.stream("hi")))
        server.await_leaving(1, SOON)
    assert server.left[0] - end < SOON


@pytest.mark.asyncio
@pytest.mark.parametrize("begins_stream", [False, True])
async def test_the_deadline_holds_for_asynchronous_requests(begins_stream: bool):
    server = Hanging(begins_stream=begins_stream)
    token = TERMS.set(Terms(time.monotonic() + 0.7))
    try:
        with http_server(server) as address:
            model = chat_model(f"{address}/v1", "m", timeout=60)
            began = time.monotonic()
            with pytest.raises(Exception, match=r"did not answer in time"):
                await model.ainvoke("hi") if not begins_stream else await drained(model)
            assert time.monotonic() - began < 3
            await asyncio.to_thread(server.await_leaving, 1, SOON)
    finally:
        TERMS.reset(token)


async def drained(model: ServedChatModel) -> None:
    async for _ in model.astream("hi"):
        pass


def test_a_server_that_drips_does_not_outlast_the_timeout():
    def drip(request) -> None:
        request.send_response(200)
        request.send_header("Content-Type", "application/json")
        request.end_headers()
        try:
            for _ in range(100):
                request.wfile.write(b" ")
                time.sleep(0.05)
        except OSError:
            return

    began = time.monotonic()
    with http_server(drip) as address:
        with pytest.raises(Exception, match="did not answer in time"):
            chat_model(f"{address}/v1", "m", timeout=0.5, max_retries=0).invoke("hi")
        assert time.monotonic() - began < 3


def test_what_is_called_off_calls_its_children_off_and_not_their_siblings():
    parent = Cancellation()
    first, second = Cancellation(parent), Cancellation(parent)
    second.close()
    parent.cancel()
    assert (first.is_cancelled, second.is_cancelled) == (True, False)
    with pytest.raises(RequestCancelledError):
        Cancellation(parent).check()
