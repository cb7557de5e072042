"""What a whole job may use, over all calls that work on it, and what it has used."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from r1agent.batch.items import BatchItem, BatchResult


@dataclass(frozen=True, slots=True)
class Budget:
    """What a job may use; None: as much as it takes."""

    tokens: int | None = None
    """Prompt and completion tokens together."""
    seconds: float | None = None


@dataclass(frozen=True, slots=True)
class Spent:
    """What a job has used, in all the calls that worked on it."""

    tokens: int = 0
    seconds: float = 0.0

    @classmethod
    def read(cls, line: dict[str, Any]) -> Spent:
        """Read it from a line that the job wrote; nothing where an older r1agent wrote it."""
        job = line.get("job") or {}
        return cls(int(job.get("tokens", 0)), float(job.get("seconds", 0)))

    def __or__(self, other: Spent) -> Spent:
        """Return the larger of both, the one that was written later."""
        return Spent(max(self.tokens, other.tokens), max(self.seconds, other.seconds))


NOTHING = Spent()


class Spending:
    """Counts what a job uses, and ends its questions once that is its budget.

    Args:
        budget: What the job may use.
        before: What earlier calls used.
        clock: In seconds.
    """

    def __init__(
        self, budget: Budget, before: Spent, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._budget = budget
        self._before = before
        self._tokens = before.tokens
        self._clock = clock
        self._began = clock()

    @property
    def spent(self) -> Spent:
        """What the job has used by now."""
        seconds = self._before.seconds + self._clock() - self._began
        return Spent(self._tokens, round(seconds, 3))

    @property
    def ended_by(self) -> str:
        """Which budget is used up, in words; empty where none is."""
        spent, budget = self.spent, self._budget
        if budget.tokens is not None and spent.tokens >= budget.tokens:
            return f"the job's {budget.tokens:,} tokens are spent ({spent.tokens:,} so far)"
        if budget.seconds is not None and spent.seconds >= budget.seconds:
            return f"the job's {budget.seconds:,.0f} s are spent ({spent.seconds:,.0f} s so far)"
        return ""

    def count(self, result: BatchResult) -> None:
        """Count what a question cost."""
        used = result.usage.values()
        self._tokens += sum(one.prompt_tokens + one.completion_tokens for one in used)

    def affordable(self, items: Iterable[BatchItem]) -> Iterator[BatchItem]:
        """Yield the items, and no more once a budget is used up."""
        for item in items:
            if self.ended_by:
                return
            yield item
