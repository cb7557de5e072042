"""Throughput: what is sent again in which order, and which turns become which ratio."""

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
import serve_throughput
from serve_throughput import Turn, figures_of, send_all, take_turns, turns_in
from served import Server


@pytest.fixture
def model_server():
    """Answer every chat request after a moment, and note which bodies are in work at once."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            with server.noting:
                server.events.append(("begin", body, self.headers.get("Authorization")))
            time.sleep(0.05)
            with server.noting:
                server.events.append(("end", body, None))
            self.send_response(500 if body == "fail" else 200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"{}")

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.events, server.noting = [], threading.Lock()
    server.base_url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
    thread.join()


async def test_requests_of_one_question_go_one_after_another(model_server):
    await send_all(model_server.base_url, None, [["a1", "a2", "a3"]], 8)
    assert [event[:2] for event in model_server.events] == [
        *(("begin", "a1"), ("end", "a1")),
        *(("begin", "a2"), ("end", "a2")),
        *(("begin", "a3"), ("end", "a3")),
    ]


async def test_as_many_questions_are_in_flight_as_are_asked_for(model_server):
    await send_all(model_server.base_url, None, [[f"{n}a", f"{n}b"] for n in range(6)], 2)
    in_work, most = 0, 0
    for what, *_ in model_server.events:
        in_work += 1 if what == "begin" else -1
        most = max(most, in_work)
    assert most == 2
    sent = [body for what, body, _ in model_server.events if what == "begin"]
    assert sorted(sent) == sorted(f"{n}{part}" for n in range(6) for part in "ab")


async def test_the_key_is_sent_where_there_is_one(model_server):
    await send_all(model_server.base_url, "secret", [["a"]], 1)
    assert model_server.events[0][2] == "Bearer secret"


async def test_a_refused_request_ends_the_bench(model_server):
    with pytest.raises(ExceptionGroup) as raised:
        await send_all(model_server.base_url, None, [["fail"]], 1)
    assert raised.group_contains(httpx2.HTTPStatusError)


def turn(side, completion, seconds, at_once=8):
    return Turn(at_once, side, completion, 1000, 10, seconds, 0.1)


def test_the_ratio_is_that_of_the_medians_of_tokens_a_second():
    ours = [turn("ours", 100, 10), turn("ours", 95, 10), turn("ours", 10, 10)]
    bare = [turn("bare", 100, 10), turn("bare", 400, 10), turn("bare", 99, 10)]
    assert figures_of([*ours, *bare]) == {
        "throughput_ratio_8": 0.95,
        "throughput_tokens_s_8": 9.5,
        "throughput_tokens_s_bare_8": 10.0,
    }


def test_each_number_of_questions_at_once_has_its_own_ratio():
    figures = figures_of(
        [
            *(turn("ours", 90, 10, at_once=1), turn("bare", 100, 10, at_once=1)),
            *(turn("ours", 99, 10, at_once=32), turn("bare", 100, 10, at_once=32)),
        ]
    )
    assert figures["throughput_ratio_1"] == 0.9
    assert figures["throughput_ratio_32"] == 0.99


def test_an_interrupted_bench_goes_on_with_the_turns_that_are_left(tmp_path, monkeypatch):
    taken = []

    def ours(_server, _items, at_once):
        taken.append("ours")
        return turn("ours", 100, 10, at_once), [["first"], ["second"]]

    def bare(_server, sent, at_once):
        taken.append(("bare", sent))
        if len(taken) == 2:
            raise KeyboardInterrupt
        return turn("bare", 100, 10, at_once)

    monkeypatch.setattr(serve_throughput, "our_turn", ours)
    monkeypatch.setattr(serve_throughput, "bare_turn", bare)
    server, order = Server("http://127.0.0.1:1/v1", "tiny"), ("ours", "bare", "bare", "ours")
    with pytest.raises(KeyboardInterrupt):
        take_turns(server, [], 8, order, tmp_path)
    take_turns(server, [], 8, order, tmp_path)
    again = ("bare", [["first"], ["second"]])
    assert taken == ["ours", again, again, again, "ours"]
    assert [one.side for one in turns_in(tmp_path)] == list(order)


def test_turns_are_kept_as_lines_of_json(tmp_path, monkeypatch):
    monkeypatch.setattr(serve_throughput, "our_turn", lambda *_: (turn("ours", 7, 2.0), [["body"]]))
    take_turns(Server("http://127.0.0.1:1/v1", "tiny"), [], 8, ("ours",), tmp_path)
    kept = (tmp_path / "turns-8.jsonl").read_text(encoding="utf-8").splitlines()
    assert json.loads(kept[0])["completion"] == 7
