"""Events of work in a thread of its own, for an event loop that goes on meanwhile."""

from __future__ import annotations

import asyncio
import contextvars
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import suppress
from dataclasses import replace

from r1agent.models.cancellation import Cancellation
from r1agent.models.terms import TERMS
from r1agent.types import Event


async def told_awaited(work: Callable[..., object]) -> AsyncGenerator[Event, None]:
    """Yield the events that `work` tells its `on_event`, as they happen.

    Where the caller leaves early, or its task is cancelled, requests to models are cut.
    """
    came: asyncio.Queue[Event | BaseException | None] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    cancellation = Cancellation(TERMS.get().cancellation)
    context = contextvars.copy_context()

    def put(one: Event | BaseException | None) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(came.put_nowait, one)

    def report() -> None:
        TERMS.set(replace(TERMS.get(), cancellation=cancellation))
        try:
            work(on_event=put)
            put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            put(error)

    threading.Thread(target=context.run, args=(report,), name="r1agent-run", daemon=True).start()
    try:
        while (one := await came.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one
    finally:
        cancellation.cancel()
        cancellation.close()
