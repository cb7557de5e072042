"""Events of work in a thread of its own, for an event loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress

from r1agent.models.beside import started_beside
from r1agent.types import Event


async def told_awaited(work: Callable[..., object]) -> AsyncGenerator[Event, None]:
    """Yield the events that `work` tells its `on_event`, as they happen.

    Where the caller leaves early, or its task is cancelled, requests to models are cut.
    """
    came: asyncio.Queue[tuple[Event] | BaseException | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()

    def put(one: tuple[Event] | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(came.put_nowait, one)

    with started_beside(lambda tell: work(on_event=tell), put):
        while (one := await came.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one[0]
