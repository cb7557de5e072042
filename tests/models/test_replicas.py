"""Several servers of one model: runs are spread, a failed one is left out, errors name it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from r1agent.errors import ModelServerError
from r1agent.models import RequestCache, ServedChatModel, chat_model, probe
from r1agent.models.connection import split_addresses
from r1agent.models.replicas import Replicas, replica_at
from r1agent.models.server_status import probe_each
from r1agent.models.terms import Terms, under
from tests.models.model_servers import body_of, completion, http_server, send
from tests.models.streamed import stream
from tests.models.test_retrying import free_port


class Named:
    """A server that answers with its name, or fails as told."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.status = 200
        self.asked: list[str] = []
        self.hosts: list[str] = []

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        if request.command == "GET":
            send(request, {"data": [{"id": f"model of {self.name}"}]})
            return
        body = body_of(request)
        self.asked.append(request.path)
        self.hosts.append(request.headers["Host"])
        if self.status != 200:
            send(request, {"error": {"message": "ill"}}, status=self.status)
            return
        if body.get("stream"):
            stream(request, [{"content": self.name}])
            return
        send(request, completion(self.name))


@contextmanager
def replicas(count: int = 2) -> Iterator[tuple[list[Named], str]]:
    """Serve so many replicas; yield them and the `base_url` of all."""
    servers = [Named("ABC"[number]) for number in range(count)]
    with ExitStack() as started:
        addresses = [f"{started.enter_context(http_server(one))}/v1" for one in servers]
        yield servers, ",".join(addresses)


def ask(model: ServedChatModel, run: str = "") -> str:
    return under(Terms(run=run), lambda: model.invoke("hi").text)


def test_the_requests_of_a_run_go_to_one_replica_and_runs_are_spread():
    with replicas() as (_, base_url):
        model = chat_model(base_url, "m")
        answered = {run: {ask(model, run) for _ in range(3)} for run in ("r1", "r2", "r3", "r4")}
    assert all(len(names) == 1 for names in answered.values())
    assert sorted(name for names in answered.values() for name in names) == ["A", "A", "B", "B"]


def test_requests_of_no_run_take_turns():
    with replicas(3) as (_, base_url):
        model = chat_model(base_url, "m")
        assert sorted(ask(model) for _ in range(6)) == ["A", "A", "B", "B", "C", "C"]


def test_each_replica_sees_its_own_address():
    with replicas() as (servers, base_url):
        model = chat_model(base_url, "m")
        for _ in range(4):
            ask(model)
        hosts = [one.removeprefix("http://").removesuffix("/v1") for one in base_url.split(",")]
    assert [set(server.hosts) for server in servers] == [{hosts[0]}, {hosts[1]}]
    assert {path for server in servers for path in server.asked} == {"/v1/chat/completions"}


def test_a_path_belongs_to_its_replica():
    server = Named("A")
    with http_server(server) as address:
        model = chat_model(f"http://127.0.0.1:{free_port()}/v1,{address}/proxy/v1", "m")
        assert [ask(model) for _ in range(2)] == ["A", "A"]
    assert set(server.asked) == {"/proxy/v1/chat/completions"}


def test_a_dead_replica_costs_no_retry_and_moves_its_runs():
    with replicas() as (_, base_url):
        dead = f"http://127.0.0.1:{free_port()}/v1"
        model = chat_model(f"{dead},{base_url}", "m", max_retries=0)
        with ThreadPoolExecutor(4) as threads:
            answers = list(threads.map(lambda n: ask(model, f"r{n}"), range(8)))
    assert set(answers) == {"A", "B"}


def test_a_replica_that_fails_is_left_out_for_a_while_and_tried_again():
    with replicas() as (servers, base_url):
        model = chat_model(base_url, "m")
        servers[0].status = 500
        assert {ask(model) for _ in range(6)} == {"B"}
        assert len(servers[0].asked) <= 2
        servers[0].status = 200
        time.sleep(2.2)
        assert {ask(model) for _ in range(4)} == {"A", "B"}


def test_the_while_grows_and_many_failures_at_once_count_as_one():
    one = Replicas(["http://one.invalid/v1"]).in_order()[0]
    for _ in range(50):
        one.failed()
    assert one.out_until - time.monotonic() <= 1.0
    one.out_until = 0.0
    one.failed()
    assert 1.0 < one.out_until - time.monotonic() <= 2.0
    one.answered()
    assert not one.is_out


def test_one_that_fails_alone_is_still_asked():
    with replicas(1) as (servers, base_url):
        model = chat_model(base_url, "m", max_retries=0)
        servers[0].status = 500
        with pytest.raises(ModelServerError):
            ask(model)
        servers[0].status = 200
        assert ask(model) == "A"


def test_the_error_names_all_only_where_all_are_gone():
    first, second = (f"http://user:secret@127.0.0.1:{free_port()}/v1" for _ in range(2))
    model = chat_model(f"{first},{second}", "m", max_retries=0)
    with pytest.raises(ModelServerError, match="cannot be reached") as caught:
        ask(model)
    said = str(caught.value)
    assert said.startswith("The model server at 'http://127.0.0.1:")
    assert said.count(first.partition("@")[2]) == said.count(second.partition("@")[2]) == 2
    assert "secret" not in said


def test_the_error_of_one_replica_names_that_one():
    with replicas() as (servers, base_url):
        for server in servers:
            server.status = 400
        first, second = base_url.split(",")
        with pytest.raises(ModelServerError, match="refused the request") as caught:
            ask(chat_model(base_url, "m"))
    assert (first in str(caught.value)) != (second in str(caught.value))


def test_a_proxy_is_for_the_replicas_elsewhere(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{free_port()}")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    with replicas(1) as (_, base_url):
        model = chat_model(f"http://elsewhere.invalid/v1,{base_url}", "m", max_retries=0)
        assert [ask(model) for _ in range(3)] == ["A", "A", "A"]


def test_no_request_is_lost_while_a_replica_goes_and_comes_back():
    port, stop = free_port(), threading.Event()

    def come_and_go() -> None:
        while not stop.is_set():
            with http_server(Named("A"), port):
                stop.wait(0.3)
            stop.wait(0.3)

    other = Named("B")
    coming = threading.Thread(target=come_and_go)
    with http_server(other) as address, ThreadPoolExecutor(16) as threads:
        model = chat_model(f"http://127.0.0.1:{port}/v1,{address}/v1", "m", max_concurrency=4)
        coming.start()
        answers = list(threads.map(lambda n: ask(model, f"r{n % 7}"), range(200)))
        stop.set()
        coming.join(10)
        assert len(answers) == 200
        assert set(answers) <= {"A", "B"}
        assert replica_at(f"{address}/v1").gate.in_flight == 0


def test_streams_go_to_replicas_too():
    with replicas() as (_, base_url):
        model = chat_model(base_url, "m")
        texts = {"".join(piece.text for piece in model.stream("hi")) for _ in range(4)}
    assert texts == {"A", "B"}


def test_the_cache_does_not_ask_which_replica_answered(tmp_path: Path):
    with replicas() as (servers, base_url):
        turned = ",".join(reversed(base_url.split(",")))
        for url in (base_url, turned, base_url):
            model = chat_model(url, "m", cache=RequestCache(tmp_path / "requests.sqlite"))
            ask(model)
            model.cache.close()
    assert sum(len(server.asked) for server in servers) == 1


def test_probe_tells_of_the_first_that_answers_and_each_of_all():
    with replicas() as (_, base_url):
        dead = f"http://127.0.0.1:{free_port()}/v1"
        status = probe(f"{dead},{base_url}")
        each = probe_each(f"{dead},{base_url}")
    assert status.models == ("model of A",)
    assert [one.reachable for one in each] == [False, True, True]
    assert probe(f"{dead},{dead}").base_url == dead


@pytest.mark.parametrize(
    ("given", "split"),
    [
        ("http://a/v1", ("http://a/v1",)),
        (" http://a/v1/ , http://b/v1,", ("http://a/v1", "http://b/v1")),
        ("http://a/v1,http://a/v1", ("http://a/v1",)),
        ("", ()),
    ],
)
def test_addresses_are_split_at_commas(given: str, split: tuple[str, ...]):
    assert split_addresses(given) == split


def test_order_holds_every_replica_once_whatever_happens_at_the_same_time():
    several = Replicas([f"http://127.0.0.1:{port}/v1" for port in range(1, 5)])
    wrong: list[int] = []

    def use(number: int) -> None:
        for turn in range(200):
            order = several.in_order(f"r{number % 5}" if turn % 2 else "")
            if len({one.address for one in order}) != 4:
                wrong.append(turn)
            (order[0].failed if turn % 3 else order[0].answered)()

    threads = [threading.Thread(target=use, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong
