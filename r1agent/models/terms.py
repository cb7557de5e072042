"""The terms of the requests that are made now: by when they must be done, and which sample."""

from __future__ import annotations

import contextvars
import queue
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


class OverdueError(Exception):
    """A request was not done by its deadline."""


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a request whatever it asks."""

    deadline: float | None = None
    """By `time.monotonic()`; None: there is none."""
    sample: int = 0
    """Requests that are alike but for this number are independent: a cache keeps them apart."""

    @property
    def seconds_left(self) -> float | None:
        """Seconds until the deadline, or None where there is none."""
        return None if self.deadline is None else self.deadline - time.monotonic()


TERMS: ContextVar[Terms] = ContextVar("TERMS", default=Terms())  # noqa: B039 - Terms are frozen


def under(terms: Terms, work: Callable[[], T]) -> T:
    """Return what `work` returns under `terms`, and not a moment after their deadline.

    With a deadline the work is done in a thread of its own. One that hangs is left behind there;
    the client of a model server then closes its connection, so that the server stops as well.

    Raises:
        OverdueError: The deadline passed.
    """
    seconds = terms.seconds_left
    if seconds is None:
        return _set(terms, work)
    if seconds <= 0:
        raise OverdueError
    done: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()
    context = contextvars.copy_context()

    def report() -> None:
        try:
            done.put((context.run(_set, terms, work), None))
        except BaseException as error:  # noqa: BLE001 - raised again where the caller waits
            done.put((None, error))

    threading.Thread(target=report, name="r1agent-request", daemon=True).start()
    try:
        value, error = done.get(timeout=seconds)
    except queue.Empty:
        raise OverdueError from None
    if error is None:
        return value  # type: ignore[return-value]  # None only where `work` returned that
    if terms.deadline is not None and time.monotonic() >= terms.deadline:
        raise OverdueError from error
    raise error


def _set(terms: Terms, work: Callable[[], T]) -> T:
    token = TERMS.set(terms)
    try:
        return work()
    finally:
        TERMS.reset(token)
