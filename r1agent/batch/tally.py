"""What came of the questions so far: outcomes, tokens, and sentences that held."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import get_args

from r1agent.batch.items import BatchResult
from r1agent.types import Outcome, Usage


class Tally:
    """Count results, and keep none of them.

    Args:
        clock: In seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self.outcomes: dict[str, int] = dict.fromkeys(get_args(Outcome), 0)
        self.usage: dict[str, Usage] = {}
        self.sentences = 0
        """Sentences that were shown."""
        self.dropped = 0
        """Sentences that the gate did not let through."""
        self._clock = clock
        self._began = clock()

    def add(self, result: BatchResult) -> None:
        """Count a result."""
        self.outcomes[result.answer.outcome if result.answer else "failed"] += 1
        for role, used in result.usage.items():
            self.usage[role] = self.usage.get(role, Usage()) + used
        if result.answer is not None:
            self.sentences += len(result.answer.claims)
            self.dropped += len(result.answer.dropped)

    @property
    def count(self) -> int:
        """Questions that came back, failures among them."""
        return sum(self.outcomes.values())

    @property
    def seconds(self) -> float:
        """Seconds since it was made."""
        return self._clock() - self._began

    @property
    def support_rate(self) -> float | None:
        """Sentences that passed the gate of all that were written, 0 to 1; None: none was."""
        written = self.sentences + self.dropped
        return self.sentences / written if written else None

    @property
    def tokens_a_second(self) -> float:
        """Tokens that the model wrote, a second."""
        written = sum(used.completion_tokens for used in self.usage.values())
        return written / self.seconds if self.seconds > 0 else 0.0

    @property
    def questions_a_minute(self) -> float:
        """Questions that came back, a minute."""
        return 60 * self.count / self.seconds if self.seconds > 0 else 0.0

    def seconds_for(self, more: int) -> float | None:
        """Estimate how long `more` questions take; None where none has come back yet."""
        return more * self.seconds / self.count if self.count else None
