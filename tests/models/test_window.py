"""A model's window and the length of a text come from its server, and safely without one."""

from __future__ import annotations

from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.models import chat_model
from r1agent.models.window import ContextWindow, estimated_tokens, most_tokens, window_of
from r1agent.testing import ScriptedChatModel
from tests.models.model_servers import body_of, http_server, send

VLLM = {"id": "m", "max_model_len": 4096}
LLAMA = {"id": "m", "meta": {"n_ctx": 2048, "n_ctx_train": 8192}}
TEMPLATE = 64


@contextmanager
def served(row, *, words="tokens", props=None):
    """Serve a list of models and a tokenizer that takes words apart; yield address and paths."""
    asked: list[str] = []

    def answer(request: BaseHTTPRequestHandler) -> None:
        asked.append(request.path)
        if request.path == "/v1/models":
            send(request, {"data": [{"id": "other", "max_model_len": 1}, row]})
        elif request.path == "/tokenize" and words:
            text = str(body_of(request)["content" if words == "tokens" else "prompt"])
            tokens = list(range(len(text.split())))
            send(request, {"tokens": tokens} if words == "tokens" else {"count": len(tokens)})
        elif request.path == "/props" and props:
            send(request, {"default_generation_settings": {"n_ctx": props}})
        else:
            send(request, "<html>", status=404, kind="text/html")

    with http_server(answer) as address:
        yield f"{address}/v1", asked


@pytest.mark.parametrize(
    ("row", "props", "tokens"),
    [
        (VLLM, None, 4096),
        (LLAMA, None, 2048),
        ({"id": "m"}, 1024, 1024),
        ({"id": "m"}, None, None),
        ({"id": "m", "max_model_len": "many"}, None, None),
    ],
    ids=["vLLM", "llama.cpp", "older llama.cpp", "unknown", "nonsense"],
)
def test_the_size_is_what_the_server_says(row, props, tokens):
    with served(row, props=props) as (address, _):
        assert ContextWindow(address, "m").tokens == tokens


@pytest.mark.parametrize("words", ["tokens", "count"])
def test_tokens_are_counted_by_the_server_once_a_text(words):
    with served(VLLM, words=words) as (address, asked):
        window = ContextWindow(address, "m")
        assert [window.count("one two three"), window.count("one two three")] == [3 + TEMPLATE] * 2
    assert asked == ["/tokenize"]


def test_a_server_that_counts_nothing_is_asked_once():
    with served(VLLM, words="") as (address, asked):
        window = ContextWindow(address, "m")
        assert window.count("one two") == estimated_tokens("one two")
        window.count("three")
    assert asked == ["/tokenize"]


def test_a_short_prompt_fits_without_being_counted():
    with served(VLLM) as (address, asked):
        window = ContextWindow(address, "m")
        assert window.holds("x" * 3000, 500)
        assert "/tokenize" not in asked


def test_a_long_prompt_is_counted_before_it_is_refused():
    with served(VLLM) as (address, _):
        window = ContextWindow(address, "m")
        assert window.holds("a longer word " * 1000, 1000)
        assert not window.holds("a longer word " * 1000, 1100)


def test_a_server_that_is_gone_has_no_known_window():
    with http_server(lambda _: None) as address:
        pass
    window = ContextWindow(f"{address}/v1", "m")
    assert window.tokens is None
    assert window.holds("x" * 10**6, 10**6)


def test_a_model_without_a_server_has_no_known_window():
    assert window_of(ScriptedChatModel(replies=[])).tokens is None


def test_a_model_keeps_its_window():
    with served(VLLM) as (address, asked):
        model = chat_model(address, "m")
        assert [window_of(model).tokens, window_of(model).tokens] == [4096, 4096]
    assert asked == ["/v1/models"]


@given(st.text())
def test_no_estimate_is_below_a_third_of_the_letters_or_the_number_of_digits(text):
    digits = sum(character in "0123456789" for character in text)
    assert digits <= estimated_tokens(text) <= most_tokens(text) + len(text)


def test_the_estimate_is_above_what_tokenizers_count():
    english = "Label smoothing improves calibration and does not hurt distillation. " * 20
    assert estimated_tokens(english) >= 20 * 12
    assert estimated_tokens("0.1234567 " * 20) >= 20 * 9
    assert estimated_tokens("标签平滑改善校准") >= 8


def test_of_several_servers_the_one_that_answers_tells():
    with served(VLLM, words="count") as (address, asked):
        model = chat_model(f"http://127.0.0.1:9/v1,{address}", "m")
        assert window_of(model).tokens == 4096
        assert window_of(model).count("three words here") == 3 + TEMPLATE
    assert asked == ["/v1/models", "/tokenize"]
