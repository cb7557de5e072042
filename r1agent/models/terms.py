"""The terms of the requests that are made now: by when they must be done, and for whom."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from typing import TypeVar

from r1agent.models.cancellation import Cancellation
from r1agent.models.hearing import Hear

T = TypeVar("T")
Done = queue.SimpleQueue[tuple[T | None, BaseException | None]]


class OverdueError(Exception):
    """A request was not done by its deadline."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a request whatever it asks."""

    deadline: float | None = None
    """By `time.monotonic()`; None: there is none."""
    sample: int = 0
    """Requests that are alike but for this number are independent: a cache keeps them apart."""
    run: str = ""
    """Requests of one run go to the same replica of a server, whose prefix cache they share."""
    notice: Callable[[str], None] | None = field(default=None, compare=False)
    """Called, also from another thread, with what the user should know about a request."""
    listen: Callable[[], Hear] | None = field(default=None, compare=False)
    """Called at each try of a request, also from another thread; what it returns hears the reply
    piece by piece, where the server can stream it."""
    cancellation: Cancellation | None = field(default=None, compare=False)
    """Ends the request from outside."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the deadline, or None where there is none."""
        return None if self.deadline is None else self.deadline - time.monotonic()


TERMS: ContextVar[Terms] = ContextVar("TERMS", default=Terms())  # noqa: B039 - Terms are frozen


def under(terms: Terms, work: Callable[[], T]) -> T:
    """Return what `work` returns under `terms`, and not a moment after their deadline.

    With a deadline the work is done in a thread of its own. One that hangs is left behind there,
    and its connection to a model server is shut at once, so that the server stops as well; the
    same holds where Ctrl-C comes meanwhile. What ends the terms that hold around it ends it too.

    Raises:
        OverdueError: The deadline passed.
    """
    around = terms.cancellation or TERMS.get().cancellation
    seconds = terms.seconds_left
    if seconds is None:
        return _set(replace(terms, cancellation=around), work)
    if seconds <= 0:
        raise OverdueError
    cancellation = Cancellation(around)
    done = _started(replace(terms, cancellation=cancellation), work)
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty:
        cancellation.cancel()
        raise OverdueError from None
    except BaseException:
        cancellation.cancel()
        raise
    finally:
        cancellation.close()
    if error is None:
        return value  # type: ignore[return-value]  # None only where `work` returned that
    if terms.deadline is not None and time.monotonic() >= terms.deadline:
        raise OverdueError from error
    raise error


def _started(terms: Terms, work: Callable[[], T]) -> Done[T]:
    """Begin `work` in a thread of its own; what it returns or raises comes into the queue."""
    done: Done[T] = queue.SimpleQueue()
    context = contextvars.copy_context()

    def report() -> None:
        try:
            done.put((context.run(_set, terms, work), None))
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            done.put((None, error))

    threading.Thread(target=report, name="r1agent-request", daemon=True).start()
    return done


def _set(terms: Terms, work: Callable[[], T]) -> T:
    token = TERMS.set(terms)
    try:
        return work()
    finally:
        TERMS.reset(token)
