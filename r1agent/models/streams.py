"""How a stream begins, until its first token can be asked for once more, and how it ends."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Callable, Generator, Iterator, Sequence
from typing import Any, NamedTuple, cast

import httpx2
from langchain_core.outputs import ChatGenerationChunk

from r1agent.models.failures import Server

Chunks = Generator[ChatGenerationChunk, Any, Any]
AsyncChunks = AsyncGenerator[ChatGenerationChunk, Any]


class Begun(NamedTuple):
    """A stream that is under way."""

    held: Sequence[ChatGenerationChunk]
    """Its chunks up to the first that says something."""
    rest: Chunks


class BegunAsync(NamedTuple):
    """See `Begun`."""

    held: Sequence[ChatGenerationChunk]
    rest: AsyncChunks


def begun(send: Callable[[], Iterator[ChatGenerationChunk]]) -> Begun:
    """Return the chunks of a stream up to the first that says something, and the rest of it.

    Raises:
        httpx2.RemoteProtocolError: It ended before it said anything.
    """
    rest = cast("Chunks", send())
    held: list[ChatGenerationChunk] = []
    for chunk in rest:
        held.append(chunk)
        if _says_something(chunk):
            return Begun(held, rest)
    _require_end(held)
    return Begun(held, rest)


async def begun_async(
    send: Callable[[], AsyncIterator[ChatGenerationChunk]],
) -> BegunAsync:
    """See `begun`."""
    rest = cast("AsyncChunks", send())
    held: list[ChatGenerationChunk] = []
    async for chunk in rest:
        held.append(chunk)
        if _says_something(chunk):
            return BegunAsync(held, rest)
    _require_end(held)
    return BegunAsync(held, rest)


class Ending:
    """Whether a stream came to its end: some servers just close a broken one."""

    def __init__(self) -> None:
        self._begun = False
        self._finished = False

    def note(self, chunk: ChatGenerationChunk) -> None:
        """Look at the next chunk."""
        self._begun = True
        self._finished = self._finished or finishes(chunk)

    def require(self, server: Server) -> None:
        """Raise `ModelServerError` where the stream did not come to its end."""
        if not self._begun:
            raise server.nonsense("a stream without a single event")
        if not self._finished:
            raise server.cut("the stream ended without a finish reason")


def finishes(chunk: ChatGenerationChunk) -> bool:
    """Tell whether a chunk says how a reply ended."""
    return "finish_reason" in (chunk.generation_info or {})


def _says_something(chunk: ChatGenerationChunk) -> bool:
    message = chunk.message
    calls = getattr(message, "tool_call_chunks", None)
    return bool(message.text or message.additional_kwargs or calls)


def _require_end(held: Sequence[ChatGenerationChunk]) -> None:
    """Raise for a stream that was just closed; one without any event is another matter."""
    if held and not any(map(finishes, held)):
        raise httpx2.RemoteProtocolError("the stream ended before its first token")
