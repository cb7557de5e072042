"""What a model wrote: the text apart from the thinking, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass

from langchain_core.messages import AIMessage

from r1agent.models.thinking import Thought, split_thinking
from r1agent.types import Usage

FROM_CACHE = "from_cache"
"""Key in a message's `response_metadata` where it was not asked for but found in a cache."""
_CHARACTERS = 24
"""Characters that a token can stand for at most, by far; a server that ignores `max_tokens` must
not fill the memory."""


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


def completion_of(
    message: AIMessage, seconds: float, starts_in_thought: bool, *, max_tokens: int | None = None
) -> Completion:
    """Return what `message` says and what it cost; no text is longer than `max_tokens` can be."""
    thought = split_thinking(message, starts_in_thought=starts_in_thought)
    most = None if max_tokens is None else _CHARACTERS * max_tokens
    reason = message.response_metadata.get("finish_reason")
    text, thinking = (
        whole_characters(thought.text[:most]),
        whole_characters(thought.thinking[:most]),
    )
    usage = _usage_of(message, seconds, thought)
    return Completion(text, thinking, usage, reason)


def as_message(reply: object) -> AIMessage:
    """Return `reply`, which a bound model types only as some message."""
    assert isinstance(reply, AIMessage)  # noqa: S101 - what a chat model returns
    return reply


def whole_characters(text: str) -> str:
    """Return `text` with its surrogates joined, and half of one replaced by the sign for that."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _usage_of(message: AIMessage, seconds: float, thought: Thought) -> Usage:
    if message.response_metadata.get(FROM_CACHE):
        return Usage(from_cache=1, seconds=seconds)
    counted = message.usage_metadata
    if counted is None:
        return Usage(calls=1, seconds=seconds, untold=1)
    written = counted["output_tokens"]
    told = counted.get("output_token_details", {}).get("reasoning", 0)
    return Usage(
        calls=1,
        prompt_tokens=counted["input_tokens"],
        completion_tokens=written,
        seconds=seconds,
        cached_tokens=counted.get("input_token_details", {}).get("cache_read", 0),
        thinking_tokens=min(told, written) or thinking_share(thought, written),
    )


def thinking_share(thought: Thought, written: int) -> int:
    """Return how many of the tokens that were written went into thoughts, by their length.

    Few servers tell; vLLM's parser for R1 says 0 where the chat template opens the thought.
    """
    length = len(thought.thinking) + len(thought.text)
    return round(written * len(thought.thinking) / length) if length else 0
