"""Work in a thread of its own, which is cut where the caller stops waiting for it."""

from __future__ import annotations

import contextvars
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TypeVar

from r1agent.models.cancellation import Cancellation
from r1agent.models.terms import TERMS
from r1agent.types import Event

T = TypeVar("T")


def each_beside(work: Callable[[], Iterable[T]]) -> Iterator[T]:
    """Yield what `work` yields, as soon as it does.

    Where the caller leaves early, or Ctrl-C comes, its requests to models are cut, and those of
    threads that it started with a copy of its context.
    """

    def tell_each(tell: Callable[[T], None]) -> None:
        for each in work():
            tell(each)

    return _beside(tell_each)


def told_beside(work: Callable[..., object]) -> Iterator[Event]:
    """Yield the events that `work` tells its `on_event`, as they happen; see `each_beside`."""
    return _beside(lambda tell: work(on_event=tell))


def _beside(work: Callable[[Callable[[T], None]], object]) -> Iterator[T]:
    came: queue.SimpleQueue[tuple[T] | BaseException | None] = queue.SimpleQueue()
    with started_beside(work, came.put):
        while (one := came.get()) is not None:
            if isinstance(one, BaseException):
                raise one
            yield one[0]


@contextmanager
def started_beside(
    work: Callable[[Callable[[T], None]], object],
    put: Callable[[tuple[T] | BaseException | None], None],
) -> Iterator[None]:
    """Start work in a thread, whose requests to models are cut where the block is left.

    Args:
        work: Takes what it tells each of its results.
        put: Gets each result in a tuple, then None, or what the work raised.
    """
    cancellation = Cancellation(TERMS.get().cancellation)
    context = contextvars.copy_context()

    def report() -> None:
        TERMS.set(replace(TERMS.get(), cancellation=cancellation))
        try:
            work(lambda each: put((each,)))
            put(None)
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            put(error)

    threading.Thread(target=context.run, args=(report,), name="r1agent-run", daemon=True).start()
    try:
        yield
    finally:
        cancellation.cancel()
        cancellation.close()
