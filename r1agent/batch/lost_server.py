"""Tells a question that fails on the server from a server that is lost."""

from __future__ import annotations

import time
from collections.abc import Callable

from r1agent.batch.items import BatchResult

LOST_AFTER = 3
"""Questions in a row that must fail on the server before a job stops."""


class LostServer:
    """Keep failures of the server back until it has answered a question that came later.

    Where it does not, they were not the questions' fault, and are asked again another time.

    Args:
        clock: In seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._in_a_row = 0
        self._held: list[tuple[float, BatchResult]] = []

    @property
    def held(self) -> list[BatchResult]:
        """The failures that are kept back."""
        return [result for _, result in self._held]

    @property
    def is_lost(self) -> bool:
        """Whether so many questions in a row failed that the server is gone."""
        return self._in_a_row >= LOST_AFTER

    def settled(self, result: BatchResult) -> list[BatchResult]:
        """Take a result in; return those that are settled by it, in the order they came."""
        now = self._clock()
        if result.is_servers_fault:
            self._in_a_row += 1
            self._held.append((now, result))
            return []
        self._in_a_row = 0
        began = now - result.seconds
        done = [held for at, held in self._held if at <= began]
        self._held = [(at, held) for at, held in self._held if at > began]
        return [*done, result]
