"""So many requests at once to a server; the others wait their turn, in time, and never for good."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler

import pytest

from r1agent.models import chat_model
from r1agent.models.cancellation import Cancellation, RequestCancelledError
from r1agent.models.concurrency import Gate
from r1agent.models.terms import OverdueError, Terms, under
from tests.models.model_servers import body_of, completion, http_server, send
from tests.models.streamed import Hanging, send_stream


class Counting:
    """Answers after a moment, and notes how many requests it had at once."""

    def __init__(self) -> None:
        self.now = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        body_of(request)
        with self._lock:
            self.now += 1
            self.most = max(self.most, self.now)
        time.sleep(0.1)
        with self._lock:
            self.now -= 1
        send(request, completion("Yes."))


def enter(gate: Gate, limit: int = 1, seconds: float | None = None):
    return gate.enter(limit, seconds, Cancellation())


def elsewhere(work: Callable[[], object]) -> object:
    """Return what `work` returns in another thread."""
    with ThreadPoolExecutor(1) as other:
        return other.submit(work).result(20)


def test_a_server_has_no_more_requests_at_once_than_allowed():
    server = Counting()
    with http_server(server) as address, ThreadPoolExecutor(8) as threads:
        models = [chat_model(f"{address}/v1", "m", max_concurrency=3) for _ in range(2)]
        replies = list(threads.map(lambda n: models[n % 2].invoke("hi").text, range(12)))
    assert replies == ["Yes."] * 12
    assert server.most == 3


@pytest.mark.asyncio
async def test_asynchronous_requests_count_as_well():
    server = Counting()
    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=2)
        replies = await asyncio.gather(*(model.ainvoke("hi") for _ in range(6)))
    assert {reply.text for reply in replies} == {"Yes."}
    assert server.most == 2


def test_a_deadline_holds_in_the_queue():
    server = Hanging()

    def ask_first() -> None:
        with pytest.raises(RequestCancelledError):
            model.invoke("hi")

    with http_server(server) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=1)
        first = threading.Thread(target=ask_first)
        first.start()
        server.await_clients(1)
        began = time.monotonic()
        with pytest.raises(OverdueError):
            under(Terms(began + 0.5), lambda: model.invoke("hi"))
        assert time.monotonic() - began < 2
        model.close()
        first.join(10)
    assert len(server.came) == 1


def test_the_reader_of_a_stream_may_ask_again():
    def answer(request: BaseHTTPRequestHandler) -> None:
        send_stream(request, [{"content": piece} for piece in "abc"])

    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=1)
        inner = ["".join(p.text for p in model.stream("b")) for _ in model.stream("a") if _.text]
    assert inner == ["abc"] * 3


def test_a_stream_that_is_left_makes_room():
    def answer(request: BaseHTTPRequestHandler) -> None:
        send_stream(request, [{"content": piece} for piece in "abc"])

    with http_server(answer) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=1)
        stream = model.stream("a")
        next(stream)
        stream.close()
        assert elsewhere(lambda: "".join(p.text for p in model.stream("b"))) == "abc"


def test_a_failed_request_makes_room():
    with http_server(lambda request: send(request, {}, status=400)) as address:
        model = chat_model(f"{address}/v1", "m", max_concurrency=1)
        for _ in range(3):
            with pytest.raises(Exception, match="refused the request"):
                elsewhere(lambda: model.invoke("hi"))


def test_turns_come_in_the_order_of_coming():
    gate, order = Gate(), []
    first = enter(gate)

    def come(name: int) -> None:
        turn = enter(gate)
        order.append(name)
        gate.leave(turn)

    threads = [threading.Thread(target=come, args=(name,)) for name in range(5)]
    for thread in threads:
        thread.start()
        time.sleep(0.05)
    gate.leave(first)
    for thread in threads:
        thread.join(10)
    assert order == [0, 1, 2, 3, 4]
    assert gate.in_flight == 0


def test_who_waited_too_long_leaves_the_queue():
    gate = Gate()
    first = enter(gate)
    with pytest.raises(TimeoutError):
        elsewhere(lambda: enter(gate, seconds=0.1))
    gate.leave(first)
    gate.leave(first)  # harmless
    assert gate.in_flight == 0
    gate.leave(elsewhere(lambda: enter(gate, seconds=5)))  # type: ignore[arg-type]


def test_who_waits_can_be_called_off():
    gate, cancellation = Gate(), Cancellation()
    first = enter(gate)
    threading.Timer(0.2, cancellation.cancel).start()
    with pytest.raises(RequestCancelledError):
        elsewhere(lambda: gate.enter(1, None, cancellation))
    gate.leave(first)
    assert gate.in_flight == 0


@pytest.mark.asyncio
async def test_a_task_that_waits_can_be_cancelled():
    gate = Gate()
    first = elsewhere(lambda: enter(gate))
    waiting = asyncio.create_task(gate.enter_async(1, None, Cancellation()))
    await asyncio.sleep(0.05)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.leave(first)  # type: ignore[arg-type]
    assert gate.in_flight == 0


def test_nobody_is_lost_among_many_who_give_up():
    gate = Gate()

    def come(number: int) -> int:
        try:
            turn = enter(gate, limit=1 + number % 3, seconds=0.005 * (number % 7))
        except TimeoutError:
            return 0
        time.sleep(0.001)
        gate.leave(turn)
        return 1

    with ThreadPoolExecutor(16) as threads:
        admitted = sum(threads.map(come, range(300)))
    assert admitted > 0
    assert gate.in_flight == 0
    gate.leave(enter(gate, seconds=5))
