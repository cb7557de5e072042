"""Thoughts and text come apart from any stream, wherever its pieces are cut."""

from __future__ import annotations

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import HumanMessage

from r1agent.models import Completion, ServedChatModel, chat_model, complete
from tests.models.model_servers import http_server
from tests.models.streamed import ROLE, send_stream

deltas: list[dict[str, object]] = []
"""What the server streams next."""


@pytest.fixture(scope="module")
def model() -> Iterator[ServedChatModel]:
    def answer(request: BaseHTTPRequestHandler) -> None:
        send_stream(request, deltas)

    with http_server(answer) as address:
        yield chat_model(f"{address}/v1", "m", max_retries=0)


def written(
    model: ServedChatModel, streamed: list[dict[str, object]], *, starts_in_thought: bool = False
) -> tuple[Completion, list[str]]:
    """Return what `complete` makes of a stream, and the pieces that it showed meanwhile."""
    deltas[:] = streamed
    shown: list[str] = []
    completion = complete(
        model,
        [HumanMessage("hi")],
        max_tokens=9,
        on_text=shown.append,
        starts_in_thought=starts_in_thought,
    )
    return completion, shown


@st.composite
def cut(draw: st.DrawFn, text: str) -> list[str]:
    """Cut a text anywhere."""
    places = sorted(draw(st.sets(st.integers(1, max(1, len(text) - 1)))))
    ends = [0, *places, len(text)]
    return [text[begin:end] for begin, end in pairwise(ends)]


WORDS = st.text(st.sampled_from("ab <>/thinké\n\u4e2d"), min_size=1, max_size=20).filter(
    lambda text: text.strip() and "think>" not in text
)


@settings(max_examples=40)
@given(data=st.data(), thought=WORDS, said=WORDS)
def test_tags_are_taken_out_wherever_they_are_cut(
    model: ServedChatModel, data: st.DataObject, thought: str, said: str
):
    pieces = data.draw(cut(f"<think>{thought}</think>{said}"))
    completion, shown = written(model, [ROLE, *({"content": piece} for piece in pieces)])
    assert completion.thinking == thought.strip()
    assert completion.text == said.strip()
    assert "".join(shown) == said


@settings(max_examples=40)
@given(data=st.data(), thought=WORDS, said=WORDS)
def test_an_unopened_thought_is_none_of_the_text(
    model: ServedChatModel, data: st.DataObject, thought: str, said: str
):
    pieces = data.draw(cut(f"{thought}</think>{said}"))
    streamed = [{"content": piece} for piece in pieces]
    completion, shown = written(model, [ROLE, *streamed], starts_in_thought=True)
    assert (completion.thinking, completion.text) == (thought.strip(), said.strip())
    assert "".join(shown) == said
    unexpected, _ = written(model, [ROLE, *streamed])
    assert (unexpected.thinking, unexpected.text) == (thought.strip(), said.strip())


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_thoughts_beside_the_text_are_gathered(model: ServedChatModel, field: str):
    streamed = [ROLE, {field: "Hm, "}, {field: "hm."}, {"content": "Ye"}, {"content": "s."}]
    completion, shown = written(model, streamed, starts_in_thought=True)
    assert (completion.thinking, completion.text) == ("Hm, hm.", "Yes.")
    assert "".join(shown) == "Yes."


def test_a_thought_that_the_limit_cut_is_no_text(model: ServedChatModel):
    completion, shown = written(model, [ROLE, {"content": "<thi"}, {"content": "nk>and on"}])
    assert (completion.thinking, completion.text) == ("and on", "")
    assert "".join(shown) == ""
