"""How busy a model server is: what it tells at `/metrics`, and whether it turns requests away."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from r1agent.models.replicas import replica_at
from r1agent.models.server_metrics import metrics_of, samples

_RUNNING = ("vllm:num_requests_running", "sglang:num_running_reqs", "llamacpp:requests_processing")
_WAITING = ("vllm:num_requests_waiting", "sglang:num_queue_reqs", "llamacpp:requests_deferred")
_MEMORY = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "sglang:token_usage")
"""As vLLM, SGLang and llama.cpp call them; vLLM called its memory otherwise before 0.10."""
_NAMES = frozenset((*_RUNNING, *_WAITING, *_MEMORY))
_EVERY = 1.0  # seconds between two readings
_TIMEOUT = 3.0
_FULL, _TIGHT = 0.97, 0.9


@dataclass(frozen=True, slots=True)
class ServerLoad:
    """What a server has to do."""

    running: int
    """Requests it works on."""
    waiting: int
    """Requests it has taken and not begun."""
    memory: float = 0.0
    """Share of its key-value cache that is in use, 0 to 1."""

    @property
    def has_room(self) -> bool:
        """Whether it could work on more requests than it has."""
        return self.waiting <= self.running / 8 and self.memory < _TIGHT

    @property
    def has_too_many(self) -> bool:
        """Whether so many wait that fewer would be answered as fast."""
        return self.waiting > max(2, self.running / 2) or self.memory > _FULL

    def __add__(self, other: ServerLoad) -> ServerLoad:
        """Sum two servers up; of their memory the fuller one counts."""
        return ServerLoad(
            self.running + other.running,
            self.waiting + other.waiting,
            max(self.memory, other.memory),
        )


class Learner(Protocol):
    """Whoever wants to know how a server does."""

    def told(self, load: ServerLoad | None) -> None:
        """Learn what the server says; None: nothing."""
        ...

    def refused(self) -> None:
        """Learn that the server turned requests away, or failed."""
        ...


class ServerWatch:
    """Look at a model's servers once a second.

    Args:
        addresses: Their OpenAI-compatible addresses.
        api_key: Sent as a bearer token where given.
        every: Seconds between two looks.
    """

    def __init__(
        self, addresses: Sequence[str], api_key: str | None = None, *, every: float = _EVERY
    ) -> None:
        self._addresses = tuple(addresses)
        self._api_key = api_key
        self._every = every

    @contextmanager
    def telling(self, learner: Learner) -> Iterator[None]:
        """Tell `learner` what is seen, from a thread of its own, until the block is left."""
        left = threading.Event()

        def watch() -> None:
            has_metrics = True
            while not left.wait(self._every):
                if any(replica_at(address).is_out for address in self._addresses):
                    learner.refused()
                elif has_metrics:
                    load = self.look()
                    has_metrics = load is not None
                    learner.told(load)

        threading.Thread(target=watch, name="r1agent-watch", daemon=True).start()
        try:
            yield
        finally:
            left.set()

    def look(self) -> ServerLoad | None:
        """Return what the servers say now; None where one of them says nothing."""
        loads = [load_of(address, self._api_key) for address in self._addresses]
        told = [load for load in loads if load is not None]
        return sum(told, ServerLoad(0, 0)) if len(told) == len(loads) else None


def load_of(base_url: str, api_key: str | None = None) -> ServerLoad | None:
    """Ask a server how busy it is; None where it does not tell."""
    metrics = metrics_of(base_url, api_key, timeout=_TIMEOUT)
    return None if metrics is None else read_load(metrics)


def read_load(metrics: str) -> ServerLoad | None:
    """Read Prometheus text, summed over engines; None where it does not say what runs and waits."""
    found = samples(metrics, _NAMES)
    running, waiting, memory = (_first(found, names) for names in (_RUNNING, _WAITING, _MEMORY))
    if not running or not waiting:
        return None
    return ServerLoad(int(sum(running)), int(sum(waiting)), min(1.0, max(memory, default=0.0)))


def _first(found: dict[str, list[float]], names: Sequence[str]) -> list[float]:
    return next((found[name] for name in names if name in found), [])
