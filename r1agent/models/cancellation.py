"""Ends what is under way: requests, pauses between tries, and waits for a turn."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

from r1agent.errors import R1AgentError


class RequestCancelledError(R1AgentError):
    """A request was ended from outside: the model was closed, or nobody waits for it any more."""

    def __init__(self) -> None:
        super().__init__(
            "The request was cancelled: its model was closed, or its time is over. Ask again, "
            "with a new model where it was closed."
        )


class Cancellation:
    """Can be called off from any thread, once; what hangs on it ends at that moment.

    Args:
        *parents: Those whose end is its end too, until it is closed.
    """

    def __init__(self, *parents: Cancellation | None) -> None:
        self._cancelled = threading.Event()
        self._lock = threading.Lock()
        self._ends: dict[object, Callable[[], None]] = {}
        self._parents = [parent for parent in parents if parent]
        self._leave = [parent.on_cancel(self.cancel) for parent in self._parents]

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close it."""
        self.close()

    @property
    def is_cancelled(self) -> bool:
        """Whether it was called off, or is about to be, since a parent was."""
        return self._cancelled.is_set() or any(one.is_cancelled for one in self._parents)

    def cancel(self) -> None:
        """End all that hangs on it, now and later."""
        with self._lock:
            self._cancelled.set()
            ends, self._ends = list(self._ends.values()), {}
        for end in ends:
            end()

    def check(self) -> None:
        """Raise `RequestCancelledError` where it was called off."""
        if self.is_cancelled:
            raise RequestCancelledError

    def pause(self, seconds: float) -> None:
        """Sleep; raise `RequestCancelledError` as soon as it is called off."""
        self._cancelled.wait(seconds)
        self.check()

    def on_cancel(self, end: Callable[[], None]) -> Callable[[], None]:
        """Have `end` called when it is called off, at once if it is; return what undoes that."""
        key = object()
        with self._lock:
            if not self.is_cancelled:
                self._ends[key] = end
                return lambda: self._forget(key)
        end()
        return lambda: None

    def cut(self, stream: Any) -> None:
        """Have the connection of a network stream shut when it is called off.

        A socket that is only closed does not wake the thread that reads from it, nor does the
        other side hear of it; one that is shut down does both.
        """
        connection = stream.get_extra_info("socket")
        if connection is not None:
            self.on_cancel(lambda: _shut(connection))

    def close(self) -> None:
        """Let go of its parents."""
        self._parents = []
        for leave in self._leave:
            leave()

    def _forget(self, key: object) -> None:
        with self._lock:
            self._ends.pop(key, None)


def _shut(connection: socket.socket) -> None:
    with contextlib.suppress(OSError):  # the other side was faster
        connection.shutdown(socket.SHUT_RDWR)
