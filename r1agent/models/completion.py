"""Have a model write: the text apart from the thinking, and what it cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from r1agent.errors import ModelServerError
from r1agent.models.thinking import ThoughtFilter, split_thinking
from r1agent.types import Usage


def complete(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    *,
    max_tokens: int,
    on_text: Callable[[str], None] | None = None,
    starts_in_thought: bool = False,
) -> Completion:
    """Have the model write free text.

    Args:
        model: Any chat model.
        messages: The conversation.
        max_tokens: Limit of the answer, thinking included.
        on_text: Called with each piece of the answer as it comes, and with "" for each piece
            of thinking, so that a screen can move; thinking itself never reaches it.
        starts_in_thought: See `split_thinking`.
    """
    began = time.monotonic()
    if on_text is None:
        message = as_message(model.bind(max_tokens=max_tokens).invoke(list(messages)))
    else:
        message = _stream(model, messages, max_tokens, on_text, starts_in_thought)
    return completion_of(message, time.monotonic() - began, starts_in_thought)


@dataclass(frozen=True, slots=True)
class Completion:
    """What a model wrote."""

    text: str
    thinking: str
    usage: Usage
    finish_reason: str | None
    """"stop", or "length" where `max_tokens` cut it; None: the server does not say."""

    @property
    def seconds(self) -> float:
        """How long the model took."""
        return self.usage.seconds


def completion_of(message: AIMessage, seconds: float, starts_in_thought: bool) -> Completion:
    """Return what `message` says and what it cost."""
    thought = split_thinking(message, starts_in_thought=starts_in_thought)
    counted = message.usage_metadata
    usage = Usage(
        calls=1,
        prompt_tokens=counted["input_tokens"] if counted else 0,
        completion_tokens=counted["output_tokens"] if counted else 0,
        seconds=seconds,
        cached_tokens=counted.get("input_token_details", {}).get("cache_read", 0) if counted else 0,
    )
    reason = message.response_metadata.get("finish_reason")
    return Completion(thought.text, thought.thinking, usage, reason)


def as_message(reply: object) -> AIMessage:
    """Return `reply`, which a bound model types only as some message."""
    assert isinstance(reply, AIMessage)  # noqa: S101 - what a chat model returns
    return reply


def _stream(
    model: BaseChatModel,
    messages: Sequence[BaseMessage],
    max_tokens: int,
    on_text: Callable[[str], None],
    starts_in_thought: bool,
) -> AIMessage:
    whole: AIMessageChunk | None = None
    visible = ThoughtFilter(starts_in_thought=starts_in_thought)
    for chunk in model.bind(max_tokens=max_tokens).stream(list(messages)):
        assert isinstance(chunk, AIMessageChunk)  # noqa: S101 - what a chat model streams
        whole = chunk if whole is None else whole + chunk
        if whole.additional_kwargs.get("reasoning_content") and not visible.text:
            visible = ThoughtFilter()  # the server tells thinking from text by itself
        on_text(visible.feed(chunk.text))
    on_text(visible.close())
    if whole is None:
        raise ModelServerError(
            "The model's stream held nothing at all; look into the server's log."
        )
    return whole
