"""What r1agent asks of a model server, asked of a real one."""

from __future__ import annotations

import time
from typing import Literal

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, ConfigDict

from r1agent.errors import ModelServerError
from r1agent.models import chat_model, complete, fill, probe
from r1agent.models.refusals import refuses
from r1agent.models.server_metrics import prefix_cache_of
from r1agent.models.window import window_of
from r1agent.models.writing import complete_several

pytestmark = pytest.mark.vllm
LONG = [HumanMessage("Count from 1 to 200, each number in words, with commas between them.")]


class Verdict(BaseModel):
    """A form that no model fills in by chance."""

    model_config = ConfigDict(extra="forbid")
    colour: Literal["ultramarine", "vermilion"]
    page: Literal[3, 5, 8]
    sure: bool


@pytest.fixture
def model(small):
    return chat_model(small.base_url, small.model_name, api_key=small.api_key, temperature=1.0)


def test_the_server_says_what_it_serves_and_how_much_it_reads(small, model):
    assert probe(small.base_url, small.api_key).models == ("smollm2-135m",)
    assert window_of(model).tokens == 4096


def test_a_wrong_key_is_refused_and_neither_key_is_shown(small):
    stranger = chat_model(small.base_url, small.model_name, api_key="sk-wrong", max_retries=0)
    with pytest.raises(ModelServerError, match="API key") as told:
        complete(stranger, LONG, max_tokens=4)
    assert "sk-wrong" not in str(told.value)
    assert small.api_key not in str(told.value)


def test_a_schema_is_filled_in_every_time_under_the_servers_grammar(model):
    asked = [HumanMessage("What is the weather on Mars? Write a poem.")]
    filled = [fill(model, asked, Verdict, max_tokens=200) for _ in range(8)]
    assert all(one.value.colour in {"ultramarine", "vermilion"} for one in filled)
    assert not any(one.repairs for one in filled)
    assert not refuses(model, "response_format")


def test_a_text_comes_in_pieces_while_it_is_written_and_says_what_it_cost(model):
    pieces: list[tuple[float, str]] = []
    began = time.monotonic()
    done = complete(
        model.bind(extra_body={"ignore_eos": True}),
        LONG,
        max_tokens=120,
        on_text=lambda piece: pieces.append((time.monotonic() - began, piece)),
    )
    took = time.monotonic() - began
    shown = [at for at, piece in pieces if piece]
    assert len(shown) > 10
    assert shown[0] < took / 2
    assert "".join(piece for _, piece in pieces).strip() == done.text
    assert done.usage.completion_tokens == 120
    assert done.finish_reason == "length"


def test_several_texts_come_from_one_request(model):
    done = complete_several(model, LONG, 3, max_tokens=20)
    assert len({one.text for one in done}) == 3
    assert sum(one.usage.calls for one in done) == 1
    assert not refuses(model, "samples")


def test_what_is_asked_twice_is_read_once(small, model):
    papers = " ".join(f"Paper {number} found {number * 7} volts." for number in range(120))
    prompt = [HumanMessage(papers)]
    complete(model, prompt, max_tokens=1)
    before = prefix_cache_of(small.base_url, small.api_key)
    again = complete(model, prompt, max_tokens=1)
    after = prefix_cache_of(small.base_url, small.api_key)
    assert again.usage.cached_tokens > 0.8 * again.usage.prompt_tokens
    assert after.since(before).hit_share > 0.8


def test_a_prompt_longer_than_the_window_is_refused_in_one_sentence(model):
    with pytest.raises(ModelServerError, match="longer context"):
        complete(model, [HumanMessage("volt " * 5000)], max_tokens=4)
