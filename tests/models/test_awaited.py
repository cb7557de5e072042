"""Events of a run in an event loop that goes on meanwhile."""

import asyncio
import threading
from contextlib import aclosing

import pytest

from r1agent.models.awaited import told_awaited
from r1agent.models.terms import TERMS
from r1agent.types import Event

FIRST, LAST = Event("started", 0.0, {}), Event("answered", 1.0, {})


async def test_events_come_as_they_happen_and_the_loop_goes_on():
    go_on = threading.Event()

    def work(on_event):
        on_event(FIRST)
        assert go_on.wait(10)  # set by the loop, which no one holds up
        on_event(LAST)

    seen = []
    async for event in told_awaited(work):
        seen.append(event.name)
        go_on.set()
    assert seen == ["started", "answered"]


async def test_an_error_is_raised_where_the_events_are_awaited():
    def work(on_event):
        on_event(FIRST)
        raise ValueError("no server")

    with pytest.raises(ValueError, match="no server"):
        assert [event async for event in told_awaited(work)]


@pytest.mark.parametrize("leaves_by", ["break", "cancel"])
async def test_whoever_leaves_early_cuts_the_requests(leaves_by):
    cut = threading.Event()
    began = asyncio.Event()

    def work(on_event):
        on_event(FIRST)
        cancellation = TERMS.get().cancellation
        while not cancellation.is_cancelled:
            threading.Event().wait(0.01)
        cut.set()

    async def listen():
        async with aclosing(told_awaited(work)) as events:
            async for _ in events:
                began.set()
                if leaves_by == "break":
                    break

    task = asyncio.create_task(listen())
    await began.wait()
    if leaves_by == "cancel":
        task.cancel()
    await asyncio.wait([task])
    assert await asyncio.to_thread(cut.wait, 10)
