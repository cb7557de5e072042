"""What a download reports while it runs, at least once a second even when nothing arrives."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any, Literal, Self

Activity = Literal["waiting", "contacting", "downloading", "checking", "done"]
"""`waiting`: another pull of the same model holds the lock; `checking`: SHA-256 of what arrived."""


@dataclass(frozen=True, slots=True)
class PullProgress:
    """How far a pull has come."""

    name: str
    activity: Activity = "contacting"
    source: Literal["hub", "package mirror", "cache"] = "cache"
    item: str = ""
    """The file or package in hand."""
    done: int = 0
    """Bytes held, of the whole model (while `checking`: bytes checked)."""
    total: int | None = None
    """Bytes of the whole model; None: not known yet."""
    seconds: float = 0.0
    """Since the pull began."""


class Ticker:
    """Report progress from a second thread until the block is left.

    A thread of its own keeps the report coming while the download waits for a slow server;
    so `on_progress` is called from that thread, never by two threads at once.
    """

    def __init__(
        self,
        name: str,
        on_progress: Callable[[PullProgress], None] | None,
        *,
        every: float = 0.5,
    ) -> None:
        """Store the callback; nothing runs before the block is entered."""
        self._state = PullProgress(name)
        self._on_progress = on_progress
        self._every = every
        self._extra: Callable[[], int] = _nothing
        self._began = time.monotonic()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="pull-progress", daemon=True)

    def __enter__(self) -> Self:
        """Start reporting."""
        if self._on_progress is not None:
            self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop reporting, with one last report."""
        self._stop.set()
        if self._on_progress is None:
            return
        self._thread.join()
        self._on_progress(self._now())

    def set(self, **changes: Any) -> None:
        """Replace fields of the report."""
        self._state = replace(self._state, **changes)

    def advance(self, size: int) -> None:
        """Add `size` bytes to what is done."""
        self._state = replace(self._state, done=self._state.done + size)

    def watch(self, extra: Callable[[], int] | None) -> None:
        """Add what `extra()` measures to the bytes done in each report; None stops that."""
        self._extra = extra or _nothing

    def _run(self) -> None:
        while not self._stop.wait(self._every):
            assert self._on_progress is not None  # noqa: S101 - started only with a callback
            self._on_progress(self._now())

    def _now(self) -> PullProgress:
        done = self._state.done + self._extra()
        return replace(self._state, done=done, seconds=time.monotonic() - self._began)


def _nothing() -> int:
    return 0
