"""A reply that is heard while it is written, for whoever watches the model think."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator

import httpx2
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult

from r1agent.models.streams import finishes
from r1agent.models.thinking import ThoughtFilter

Hear = Callable[[AIMessageChunk], None]


class NotStreamedError(Exception):
    """A server was asked for a stream, and sent something else."""


def heard(chunks: Iterator[ChatGenerationChunk], hear: Hear) -> ChatResult:
    """Return the whole reply of a stream after `hear` was called with each piece of it.

    Raises:
        NotStreamedError: There was not one piece.
        httpx2.RemoteProtocolError: It broke off; some servers just close a broken stream.
    """
    whole: list[ChatGenerationChunk] = []
    for chunk in chunks:
        whole.append(chunk)
        if isinstance(chunk.message, AIMessageChunk):
            hear(chunk.message)
    if not whole:
        raise NotStreamedError
    if not any(map(finishes, whole)):
        raise httpx2.RemoteProtocolError("the stream ended without a finish reason")
    return generate_from_stream(iter(whole))


class ThinkingHeard:
    """Takes pieces of one reply, and tells what is thought in them a few times a second.

    Args:
        tell: Called with what was thought since it was called last.
        starts_in_thought: See `split_thinking`.
        every: Seconds between two calls of `tell`.
        clock: In seconds.
    """

    def __init__(
        self,
        tell: Callable[[str], None],
        *,
        starts_in_thought: bool = False,
        every: float = 0.25,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._tell = tell
        self._within = ThoughtFilter(starts_in_thought=starts_in_thought)
        self._beside = ""
        self._told = 0
        self._told_at = -math.inf  # the first words are told at once
        self._every = every
        self._clock = clock

    def __call__(self, piece: AIMessageChunk) -> None:
        """Take the next piece."""
        beside = piece.additional_kwargs.get("reasoning_content")
        if isinstance(beside, str):
            self._beside += beside
        elif not self._beside:  # a server that sends thoughts apart has none in the text
            self._within.feed(piece.text)
        if self._clock() - self._told_at >= self._every:
            self._tell_new()

    def _tell_new(self) -> None:
        thought = self._beside or self._within.thinking
        if new := thought[self._told :]:
            self._told, self._told_at = len(thought), self._clock()
            self._tell(new)
