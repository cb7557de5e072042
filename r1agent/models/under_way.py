"""One request to a model server, from its first try until its response is closed."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Any

import httpx2

from r1agent.models.cancellation import Cancellation, RequestCancelledError
from r1agent.models.concurrency import Turn
from r1agent.models.connection import printable
from r1agent.models.replicas import Replica, Replicas
from r1agent.models.terms import TERMS

_CONNECTED = (".connect_tcp.complete", ".start_tls.complete")
_UNREACHED = (httpx2.ConnectError, httpx2.ConnectTimeout)
_AILING = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Line:
    """What the clients of one model share."""

    replicas: Replicas
    max_concurrency: int
    """Requests under way at once, to each replica."""
    cancellation: Cancellation


class UnderWay:
    """What is known of one request: where it goes, how long it may take, and how it ends.

    Args:
        line: Where it may go.
        request: For the first address of the line.
        in_one_piece: The response is read whole, so its time counts from the beginning.
    """

    def __init__(self, line: Line, request: httpx2.Request, *, in_one_piece: bool) -> None:
        self.request = request
        self.limit = line.max_concurrency
        self._terms = TERMS.get()
        self.cancellation = Cancellation(line.cancellation, self._terms.cancellation)
        self._replicas = line.replicas
        self._in_one_piece = in_one_piece
        self._path = request.url.raw_path.removeprefix(_path(line.replicas.addresses[0]))
        self._headers = request.headers
        self._timeouts: dict[str, float | None] = request.extensions.get("timeout", {})
        self._failed: list[tuple[Replica, Exception]] = []
        self._replica: Replica | None = None
        self._turn: Turn | None = None
        self._until = math.inf

    def to_try(self) -> Iterator[Replica]:
        """Yield the replicas, as long as there is time to ask one."""
        for replica in self._replicas.in_order(self._terms.run):
            self.cancellation.check()
            if self.left() == 0:
                raise self._overdue()
            yield replica

    def left(self) -> float | None:
        """Return the seconds that are left of the run, or None where it has no deadline."""
        seconds = self._terms.seconds_left
        return None if seconds is None else max(0.0, seconds)

    def takes(self, replica: Replica) -> Try:
        """Return what tells how a try with a replica ends."""
        return Try(self, replica)

    def begin(self, replica: Replica, turn: Turn, watch: Any) -> None:
        """Direct the request to a replica, which admitted it."""
        self._replica, self._turn = replica, turn
        self.cancellation.check()
        self._readdress(replica)
        self.request.extensions["timeout"] = self._within(self.left())
        self.request.extensions["trace"] = watch
        longest = self._timeouts.get("read") if self._in_one_piece else None
        left = self.left()
        ends = [time.monotonic() + seconds for seconds in (longest, left) if seconds is not None]
        self._until = min(ends, default=math.inf)

    def watch(self, event: str, info: dict[str, Any]) -> None:
        """Learn of the connection, so that it can be cut; httpx2 calls this its `trace`."""
        if event.endswith(_CONNECTED):
            self.cancellation.cut(info["return_value"])

    async def watch_async(self, event: str, info: dict[str, Any]) -> None:
        """See `watch`."""
        self.watch(event, info)

    def noted(self, response: httpx2.Response) -> httpx2.Response:
        """Return the response after noting how the replica does."""
        assert self._replica is not None  # noqa: S101 - set by `begin`
        if response.status_code in _AILING:
            self._replica.failed()
        else:
            self._replica.answered()
        return response

    def check(self) -> None:
        """Raise where the response may take no longer."""
        self.cancellation.check()
        if time.monotonic() > self._until:
            raise self._overdue()

    def broke(self, replica: Replica | None, error: BaseException) -> None:
        """Note that the connection failed; the replica's fault, unless it was cut from here."""
        lost = isinstance(error, httpx2.TransportError) and not self.cancellation.is_cancelled
        if replica is not None and lost and self.left() != 0:
            replica.failed()

    def unreached_by(self, replica: Replica, error: Exception) -> None:
        """Note that a replica could not be reached at all, so that the next one is tried."""
        self._failed.append((replica, error))
        self.end_turn()

    def unreached(self) -> Exception:
        """Return the error for a request that no replica could be reached for."""
        if len(self._failed) == 1:
            return self._failed[0][1]
        told = "; ".join(f"{printable(one.address)}: {error}" for one, error in self._failed)
        return httpx2.ConnectError(told, request=self.request)

    def explain(self, error: BaseException) -> None:
        """Raise what an error stands for, if that is something else."""
        if self.cancellation.is_cancelled and isinstance(error, Exception):
            raise RequestCancelledError from error
        if isinstance(error, TimeoutError):
            raise self._overdue() from error

    def body_broke(self, error: Exception) -> None:
        """Note that the response broke off, and raise what that stands for, if need be."""
        self.broke(self._replica, error)
        self.explain(error)

    def end_turn(self) -> None:
        """Let the next request go to the replica."""
        if self._replica is not None and self._turn is not None:
            self._replica.gate.leave(self._turn)
        self._turn = None

    def end(self) -> None:
        """Let go of everything."""
        self.end_turn()
        self.cancellation.close()

    def _readdress(self, replica: Replica) -> None:
        self.request.headers = self._headers.copy()  # what was added for another stays behind
        if len(self._replicas.addresses) > 1:
            address = httpx2.URL(replica.address)
            self.request.url = address.copy_with(raw_path=_path(replica.address) + self._path)
            self.request.headers["Host"] = self.request.url.netloc.decode("ascii")

    def _within(self, left: float | None) -> dict[str, float | None]:
        if left is None:
            return self._timeouts
        allowed = {name: self._timeouts.get(name) for name in ("connect", "read", "write", "pool")}
        return {name: left if one is None else min(left, one) for name, one in allowed.items()}

    def _overdue(self) -> httpx2.ReadTimeout:
        return httpx2.ReadTimeout("the time for the request is over", request=self.request)


class Try:
    """A try with one replica; one that cannot be reached makes room for the next."""

    def __init__(self, sending: UnderWay, replica: Replica) -> None:
        self._sending = sending
        self._replica = replica

    def __enter__(self) -> None:
        """Begin."""

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> bool:
        """Swallow that the replica cannot be reached, after noting it."""
        if error is None:
            return False
        self._sending.broke(self._replica, error)
        if not isinstance(error, _UNREACHED) or self._sending.cancellation.is_cancelled:
            return False
        self._sending.unreached_by(self._replica, error)
        return True


def _path(address: str) -> bytes:
    return httpx2.URL(address).raw_path.rstrip(b"/")
