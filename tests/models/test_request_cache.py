"""A request that was made before is answered from the disk, and nothing else is."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
import threading
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from langchain_core.messages import AIMessage, HumanMessage
from langchain_core.outputs import ChatGeneration
from pydantic import BaseModel

from r1agent.models import chat_model, complete, fill
from r1agent.models.request_cache import RequestCache
from r1agent.models.terms import Terms, under
from tests.models.model_servers import completion, http_server, send


class Count(BaseModel):
    number: int


@contextmanager
def served(*replies):
    """Serve these completions in turn; yield the address and how many were taken."""
    taken: list[int] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        taken.append(1)
        send(request, replies[min(len(taken), len(replies)) - 1])

    with http_server(answer) as address:
        yield f"{address}/v1", taken


def ask(address, cache, text="How many?", **options):
    model = chat_model(address, "m", **{"api_key": "hush", "cache": cache, **options})
    return complete(model, [HumanMessage(text)], max_tokens=20)


@pytest.fixture
def cache(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite")
    yield cache
    cache.close()


def generation(text, **metadata):
    return [ChatGeneration(message=AIMessage(text, response_metadata=metadata))]


def test_the_same_request_is_answered_from_the_disk_and_costs_nothing(cache, tmp_path):
    with served(completion("Seven."), completion("Eight.")) as (address, taken):
        first = ask(address, cache)
        again = ask(address, RequestCache(tmp_path / "requests.sqlite"))
    assert (first.text, again.text, len(taken)) == ("Seven.", "Seven.", 1)
    assert (again.usage.from_cache, again.usage.calls, again.usage.prompt_tokens) == (1, 0, 0)
    assert (first.usage.from_cache, first.usage.calls) == (0, 1)


@pytest.mark.parametrize(
    "other", [{"text": "How few?"}, {"temperature": 0.0}, {"top_p": 0.5}, {"cache": None}]
)
def test_another_request_is_made(cache, other):
    with served(completion("Seven."), completion("Eight.")) as (address, _):
        ask(address, cache)
        assert ask(address, **{"cache": cache, **other}).text == "Eight."


def test_another_sample_of_the_same_request_is_made(cache):
    with served(completion("Seven."), completion("Eight.")) as (address, taken):
        texts = [
            under(Terms(sample=sample), lambda: ask(address, cache)).text for sample in (0, 1, 0, 1)
        ]
    assert texts == ["Seven.", "Eight.", "Seven.", "Eight."]
    assert len(taken) == 2


def test_a_server_of_ones_own_is_known_by_its_weights_not_by_its_port(cache):
    with served(completion("Seven.")) as (address, _):
        ask(address, cache, cache_identity="embedded a.gguf")
    with served(completion("Eight.")) as (address, _):
        assert ask(address, cache, cache_identity="embedded a.gguf").text == "Seven."
        assert ask(address, cache, cache_identity="embedded b.gguf").text == "Eight."


def test_thoughts_come_back_as_thoughts(cache):
    with served(completion("Seven.", reasoning="Three and four.")) as (address, _):
        ask(address, cache)
        again = ask(address, cache)
    assert (again.thinking, again.text) == ("Three and four.", "Seven.")


def test_a_schema_is_part_of_the_request(cache):
    with served(completion("7 pears"), completion('{"number": 7}')) as (address, taken):
        model = chat_model(address, "m", cache=cache)
        question = [HumanMessage("How many?")]
        complete(model, question, max_tokens=20)
        for _ in range(2):
            assert fill(model, question, Count, max_tokens=20).value == Count(number=7)
    assert len(taken) == 2


@pytest.mark.parametrize("reply", [completion("Sev", "length"), completion("")])
def test_a_reply_that_is_cut_or_empty_is_not_kept(cache, reply):
    with served(reply, completion("Seven.")) as (address, _):
        ask(address, cache)
        assert ask(address, cache).text == "Seven."


def test_only_the_owner_may_read_the_file_and_no_prompt_or_key_is_in_it(cache):
    with served(completion("Seven.")) as (address, _):
        ask(address, cache, "Whose secret?")
    for file in cache.path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert b"hush" not in file.read_bytes()
        assert b"Whose secret" not in file.read_bytes()


def test_a_damaged_file_is_left_alone_and_said(tmp_path):
    path = tmp_path / "requests.sqlite"
    path.write_bytes(b"no database " * 1000)
    cache = RequestCache(path)
    with served(completion("Seven.")) as (address, taken):
        assert [ask(address, cache).text, ask(address, cache).text] == ["Seven.", "Seven."]
    assert len(taken) == 2
    assert "Remove the file" in str(cache.problem)
    assert path.read_bytes() == b"no database " * 1000


def test_a_reply_that_was_meddled_with_is_not_used(cache):
    cache.update("p", "m", generation("Seven."))
    with sqlite3.connect(cache.path) as connection:
        connection.execute("UPDATE replies SET reply = '[1]'")
    connection.close()
    assert cache.lookup("p", "m") is None
    assert cache.problem is None


def test_what_was_used_longest_ago_goes_when_the_file_is_full(tmp_path):
    cache = RequestCache(tmp_path / "requests.sqlite", largest=4000)
    for number in range(10):
        cache.update(str(number), "m", generation("x" * 600))
    held = [number for number in range(10) if cache.lookup(str(number), "m")]
    cache.close()
    assert held
    assert held == list(range(10))[-len(held) :]
    assert len(held) < 7


def test_clearing_forgets_every_reply(cache):
    cache.update("p", "m", generation("Seven."))
    cache.clear()
    assert cache.lookup("p", "m") is None


def test_threads_share_a_cache(cache):
    def use(number):
        cache.update(str(number), "m", generation(f"reply {number}"))

    threads = [threading.Thread(target=use, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    found = [cache.lookup(str(number), "m") for number in range(20)]
    assert [one[0].text for one in found] == [f"reply {number}" for number in range(20)]


def test_processes_share_a_file(cache):
    program = (
        "import sys; from pathlib import Path; from langchain_core.messages import AIMessage\n"
        "from langchain_core.outputs import ChatGeneration\n"
        "from r1agent.models.request_cache import RequestCache\n"
        "cache = RequestCache(Path(sys.argv[1]))\n"
        "print(flush=True)\n"
        "sys.stdin.readline()\n"  # all open the new file at the same moment
        "for number in range(30):\n"
        "    key = sys.argv[2] + str(number)\n"
        "    cache.update(key, 'm', [ChatGeneration(message=AIMessage(key))])\n"
        "sys.exit(cache.problem)\n"
    )
    command = [sys.executable, "-c", program, str(cache.path)]
    piped = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    children = [subprocess.Popen([*command, name], **piped) for name in "abcd"]
    for child in children:
        child.stdout.readline()
    for child in children:
        child.stdin.close()
    for child in children:
        with child:
            assert child.wait(60) == 0
    assert all(cache.lookup(f"{name}{number}", "m") for name in "abcd" for number in range(30))
