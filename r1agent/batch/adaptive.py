"""How many questions to ask at once, so that a model server is kept busy and not flooded."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

from r1agent.assistant import ResearchAssistant
from r1agent.batch.items import BatchResult
from r1agent.batch.pool import FixedWorkers, Workers
from r1agent.batch.server_load import ServerLoad, ServerWatch
from r1agent.models import ServedChatModel
from r1agent.types import Usage

FIRST, FIRST_TOLD = 8, 16
"""Questions at once to begin with; more where the server tells how long its queue is."""
_GAIN = 1.1  # by which a wider round must be faster
_LOSS = 0.7  # of the rate that was proven; where a round is slower, there are too many
_FEWER, _HALF = 0.75, 0.5
_LONG = 3  # readings in a row that must say that too much waits
_REST = 10  # rounds before growth is tried again where it brought nothing


def workers_for(assistant: ResearchAssistant) -> Workers:
    """Return what decides how many questions `assistant` is asked at once.

    The embedded engine answers one request at a time, and a model of another kind than
    `ServedChatModel` may not bear several threads; both are asked one question after another.
    """
    model = assistant.model
    if not isinstance(model, ServedChatModel) or _is_embedded(model):
        return FixedWorkers(1)
    key = model.api_key.get_secret_value() if model.api_key else None
    addresses = model.addresses.split(",")
    watch = ServerWatch(addresses, key)
    load = watch.look()
    first = FIRST_TOLD if load is not None and load.has_room else FIRST
    return AdaptiveWorkers(first=first, most=model.max_concurrency * len(addresses), watch=watch)


class AdaptiveWorkers:
    """Grow while more questions at once are answered faster; shrink when the server has too many.

    Additive increase and multiplicative decrease, which finds what a server bears and shares it
    fairly with others: D.-M. Chiu and R. Jain, "Analysis of the increase and decrease algorithms
    for congestion avoidance in computer networks", 1989. Clocked by results, and begun by
    doubling, as TCP is: V. Jacobson, "Congestion avoidance and control", 1988. Other than TCP it
    stops where more at once did not write more tokens a second: a server that batches queues
    without a word, until requests take longer than they may.

    A round is as many results as there were questions at once when it began. Growth goes to twice
    the width that was proven, later to one and a half times it, by one a round; there it is
    proven as well, or given up for a while.

    Args:
        first: Questions at once to begin with.
        most: Never more.
        watch: Tells how the server does; without it results and refusals alone are looked at.
        clock: In seconds.
    """

    def __init__(
        self,
        *,
        first: int = FIRST,
        most: int = 64,
        watch: ServerWatch | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.at_once = min(first, most)
        """Questions to have in flight now."""
        self._most = most
        self._watch = watch
        self._clock = clock
        self._lock = threading.Lock()
        self._is_starting = True
        self._is_doubted = False
        self._has_room = True
        self._rest = 0
        self._too_many_for = 0
        self._until_next_cut = 0
        self._proven = self.at_once
        self._best = 0.0  # tokens a second at that width; 0: it is to be measured
        self._begin_round()

    def watching(self) -> AbstractContextManager[None]:
        """Look at the server each second meanwhile."""
        self._begin_round()
        return nullcontext() if self._watch is None else self._watch.telling(self)

    def finished(self, result: BatchResult) -> None:
        """Learn from a result; one that asked nothing of the server says nothing about it."""
        usage = sum(result.usage.values(), Usage())
        with self._lock:
            self._until_next_cut -= 1
            if result.is_overload:
                self._cut(_HALF)
            elif usage.calls:
                self._results += 1
                self._tokens += max(1, usage.completion_tokens)
                if self._results >= self._round:
                    self._end_round()

    def refused(self) -> None:
        """Learn that the server turned requests away (429, 503), or failed."""
        with self._lock:
            self._cut(_HALF)

    def told(self, load: ServerLoad | None) -> None:
        """Learn what the server says of itself; None: it says nothing."""
        with self._lock:
            self._has_room = load is None or load.has_room
            self._too_many_for = self._too_many_for + 1 if load and load.has_too_many else 0
            if self._too_many_for >= _LONG:
                self._too_many_for = 0
                self._cut(_FEWER)

    def _end_round(self) -> None:
        rate = self._tokens / max(self._clock() - self._began, 1e-6)
        if rate < self._best * _LOSS:
            self._cut(_FEWER)
            return
        if not self._best or (self._is_at_ceiling and rate > self._best * _GAIN):
            self._proven, self._best, self._is_doubted = self._round, rate, False
        elif self._is_at_ceiling:
            self._doubt()
            return
        self._grow()

    @property
    def _ceiling(self) -> int:
        return max(self._proven + 1, int(self._proven * (2 if self._is_starting else 1.5)))

    @property
    def _is_at_ceiling(self) -> bool:
        return self._round >= self._ceiling

    def _doubt(self) -> None:
        """Measure the same width again; the second time go back to what was proven, and rest."""
        if self._is_starting and not self._is_doubted:
            self._is_doubted = True
        else:
            self._is_starting = False
            self._rest = _REST
            self.at_once = self._proven
        self._begin_round()

    def _grow(self) -> None:
        if self._rest:
            self._rest -= 1
        elif self._has_room:
            more = 2 * self.at_once if self._is_starting else self.at_once + 1
            self.at_once = min(more, self._ceiling, self._most)
        self._begin_round()

    def _cut(self, factor: float) -> None:
        """Shrink, once a round: what was asked before the cut is still in flight."""
        if self._until_next_cut > 0:
            return
        self._until_next_cut = self.at_once
        self.at_once = self._proven = max(1, int(self.at_once * factor))
        self._is_starting = False
        self._best, self._rest = 0.0, 0
        self._begin_round()

    def _begin_round(self) -> None:
        self._round = self.at_once
        self._results = self._tokens = 0
        self._began = self._clock()


def _is_embedded(model: ServedChatModel) -> bool:
    return model.cache_identity.startswith("embedded ")
