"""Several servers of one model behind one client: who answers, who is left out, and for how long.

The requests of one run go to one replica, whose prefix cache then holds what the run's prompts
have in common. Runs are spread: a new one begins where the fewest requests are under way.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from weakref import WeakValueDictionary

from r1agent.models.concurrency import Gate

_LONGEST_OUT = 60.0  # seconds
_REMEMBERED_RUNS = 4096


class Replica:
    """One server: how it has been doing, and the requests to it. Shared within the process."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.gate = Gate()
        self.has_answered = False
        """Whether it ever did: one that never did may have been misspelled."""
        self.out_until = 0.0
        """By `time.monotonic()`; until then requests go to others."""
        self._failures = 0
        self._lock = threading.Lock()

    @property
    def is_out(self) -> bool:
        """Whether it failed and is left alone for now."""
        return time.monotonic() < self.out_until

    def answered(self) -> None:
        """Note that it works."""
        with self._lock:
            self.has_answered = True
            self._failures, self.out_until = 0, 0.0

    def failed(self) -> None:
        """Leave it out for a second, then two, then four; many failures at once count as one."""
        with self._lock:
            if self.is_out:
                return
            seconds = min(_LONGEST_OUT, 2.0 ** min(self._failures, 10))
            self._failures += 1
            self.out_until = time.monotonic() + seconds


class Replicas:
    """The servers that one client may ask, in whichever order.

    Args:
        addresses: At least one.
    """

    def __init__(self, addresses: Sequence[str]) -> None:
        self._all = tuple(replica_at(address) for address in addresses)
        self._homes: OrderedDict[str, Replica] = OrderedDict()
        self._turn = 0
        self._lock = threading.Lock()

    @property
    def addresses(self) -> tuple[str, ...]:
        """Their addresses, in the order given."""
        return tuple(replica.address for replica in self._all)

    @property
    def have_answered(self) -> bool:
        """Whether any of them ever answered in this process."""
        return any(replica.has_answered for replica in self._all)

    @property
    def another_fits(self) -> bool:
        """Whether there are several, and one of them has not failed lately."""
        return len(self._all) > 1 and not all(replica.is_out for replica in self._all)

    def in_order(self, run: str = "") -> list[Replica]:
        """Return all, the one to ask first at the front, those that are left out last.

        Args:
            run: Names the requests that share a replica; one without a name goes anywhere.
        """
        with self._lock:
            self._turn += 1
            first = self._turn % len(self._all)
            turned = self._all[first:] + self._all[:first]
            fit = [replica for replica in turned if not replica.is_out]
            fit.sort(key=lambda replica: replica.gate.in_flight)
            if run and fit:
                home = self._home(run, fit)
                fit.sort(key=lambda replica: replica is not home)
            out = [replica for replica in turned if replica not in fit]
            return fit + sorted(out, key=lambda replica: replica.out_until)

    def _home(self, run: str, fit: Sequence[Replica]) -> Replica:
        """Return a run's replica; one that failed has lost its cache, so the run moves for good."""
        home = self._homes.pop(run, fit[0])
        self._homes[run] = home if home in fit else fit[0]
        if len(self._homes) > _REMEMBERED_RUNS:
            self._homes.popitem(last=False)
        return self._homes[run]


def replica_at(address: str) -> Replica:
    """Return the one replica of this process with that address."""
    with _LOCK:
        replica = _KNOWN.get(address)
        if replica is None:
            replica = _KNOWN[address] = Replica(address)
        return replica


_KNOWN: WeakValueDictionary[str, Replica] = WeakValueDictionary()
_LOCK = threading.Lock()
