"""Thoughts told from answers by vLLM's own parser, with a model that thinks as R1 does."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Literal

import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from r1agent.models import chat_model, complete, fill
from r1agent.models.hearing import ThinkingHeard
from r1agent.models.refusals import refuses, remember_refusal
from r1agent.models.terms import Terms, under
from tests.vllm.started import PYTHON, server_of

pytestmark = pytest.mark.vllm
MAKER = Path(__file__).with_name("made_r1.py")
ASKED = [HumanMessage("Does label smoothing help distillation?")]


class Reply(BaseModel):
    """A form with little to write."""

    help: Literal["yes", "no"]


@pytest.fixture(scope="module")
def thinker(has_vllm, tmp_path_factory):
    """A server of a model that thinks, closes the thought and answers, all in random letters."""
    folder = tmp_path_factory.mktemp("r1") / "made-deepseek-r1-0.1b"
    subprocess.run([PYTHON, MAKER, folder], check=True, capture_output=True)
    log = folder.parent / "vllm.log"
    with server_of(folder, log, "--reasoning-parser", "deepseek_r1") as server:
        yield server


@pytest.fixture
def model(thinker):
    return chat_model(
        thinker.base_url, thinker.model_name, api_key=thinker.api_key, temperature=1.0, top_p=1.0
    )


def told_apart(done) -> bool:
    return bool(done.thinking and done.text) and "think>" not in done.thinking + done.text


def test_thoughts_arrive_apart_from_the_answer(model):
    done = [complete(model, ASKED, max_tokens=1000) for _ in range(4)]
    assert all(told_apart(one) for one in done)
    assert {one.finish_reason for one in done} == {"stop"}


def test_thoughts_arrive_apart_in_a_stream_and_are_not_shown(model):
    pieces: list[str] = []
    done = complete(model, ASKED, max_tokens=1000, on_text=pieces.append)
    assert told_apart(done)
    assert "".join(pieces).strip() == done.text
    assert pieces.count("") > 0


def test_a_thought_is_heard_while_it_goes_on_and_the_reply_is_as_without(model):
    told: list[str] = []
    terms = Terms(listen=lambda: ThinkingHeard(told.append, every=0.0))
    done = under(terms, lambda: complete(model, ASKED, max_tokens=1000, thinking_tokens=30))
    assert told_apart(done)
    assert "".join(told).strip() == done.thinking
    assert len(told) > 1
    assert done.usage.thinking_tokens
    filled = under(terms, lambda: fill(model, ASKED, Reply, max_tokens=1000, thinking_tokens=30))
    assert filled.thinking
    assert not filled.repairs
    assert not refuses(model, "stream")


def test_thoughts_end_within_the_budget_that_the_server_keeps(model):
    done = [complete(model, ASKED, max_tokens=1000, thinking_tokens=6) for _ in range(8)]
    assert all(one.text for one in done)
    assert max(len(one.thinking) for one in done) <= 7
    assert [one.usage.calls for one in done] == [1] * 8
    assert not refuses(model, "thinking_budget")


def test_a_schema_holds_after_the_thought_and_not_within_it(model):
    for _ in range(4):
        filled = fill(model, ASKED, Reply, max_tokens=1000, thinking_tokens=30)
        assert filled.value.help in {"yes", "no"}
        assert filled.thinking
        assert not filled.repairs


def test_without_a_budget_a_cut_thought_is_closed_by_a_second_request(model):
    remember_refusal(model, "thinking_budget")
    done = [complete(model, ASKED, max_tokens=8, thinking_tokens=4) for _ in range(6)]
    assert max(one.usage.calls for one in done) > 1
    assert refuses(model, "closed_thought"), "R1's own template drops a thought that is handed in"
    assert all("think>" not in one.thinking + one.text for one in done)
