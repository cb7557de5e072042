"""Thinking and text are told apart in every form servers send them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import AIMessage

from r1agent.models import Thought, split_thinking
from r1agent.models.thinking import ThoughtFilter

PLAIN = st.text(st.sampled_from("ab <>/thinké你\n"), max_size=40).filter(
    lambda text: "<think>" not in text and "</think>" not in text
)
SOLID = PLAIN.map(lambda text: f"x{text}x")


@pytest.mark.parametrize(
    ("content", "thinking", "text"),
    [
        ("<think>hm</think>Yes.", "hm", "Yes."),
        ("<think>\nhm\n</think>\n\nYes.", "hm", "Yes."),
        ("hm</think>Yes.", "hm", "Yes."),
        ("<think>hm, and then", "hm, and then", ""),
        ("Yes.", "", "Yes."),
        ("", "", ""),
        ("<think></think>Yes.", "", "Yes."),
        ("a < b and </thin", "", "a < b and </thin"),
    ],
)
def test_literal_tags_are_understood(content: str, thinking: str, text: str):
    assert split_thinking(AIMessage(content)) == Thought(thinking, text)


@pytest.mark.parametrize("key", ["reasoning_content", "reasoning"])
def test_thinking_sent_beside_the_text_is_found(key: str):
    message = AIMessage("Yes.", additional_kwargs={key: "hm"})
    assert split_thinking(message) == Thought("hm", "Yes.")


def test_a_thought_that_the_prompt_opened_and_the_limit_cut_is_no_text():
    message = AIMessage("hm, and then")
    assert split_thinking(message, starts_in_thought=True) == Thought("hm, and then", "")


def test_a_server_that_tells_thinking_apart_overrules_the_prompt():
    message = AIMessage("Yes.", additional_kwargs={"reasoning_content": "hm"})
    assert split_thinking(message, starts_in_thought=True) == Thought("hm", "Yes.")


@given(SOLID, SOLID, st.booleans())
def test_a_closed_thought_never_reaches_the_text(thinking: str, text: str, opened: bool):
    content = f"{'<think>' if opened else ''}{thinking}</think>{text}"
    assert split_thinking(AIMessage(content)) == Thought(thinking, text)


@given(st.lists(st.sampled_from(["<think>", "</think>", "<", "a", "b ", "thi"]), max_size=9))
def test_the_text_never_holds_a_tag_and_nothing_but_tags_is_lost(pieces: list[str]):
    whole = "".join(pieces)
    split = ThoughtFilter()
    split.feed(whole)
    split.close()
    assert "<think>" not in split.text
    assert "</think>" not in split.text
    kept = sorted((split.text + split.thinking).replace(" ", ""))
    assert kept == sorted(whole.replace("<think>", "").replace("</think>", "").replace(" ", ""))


@given(SOLID, SOLID, st.integers(1, 12))
def test_the_size_of_the_stream_pieces_does_not_matter(thinking: str, text: str, size: int):
    content = f"<think>{thinking}</think>{text}"
    split = ThoughtFilter()
    shown = "".join(split.feed(content[i : i + size]) for i in range(0, len(content), size))
    assert shown + split.close() == text
    assert split.thinking == thinking.strip()
