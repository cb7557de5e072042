"""So many requests at once to one server, whoever makes them; the others wait their turn."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, deque
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

from r1agent.models.cancellation import Cancellation

Holder = tuple[int, int]
"""A thread, and the asyncio task in it or 0."""


@dataclass(eq=False, slots=True)
class Turn:
    """A place among the requests to a server, or in the queue for one."""

    limit: int
    """How many requests there may be, this one included."""
    holder: Holder
    admitted: Future[None] = field(default_factory=Future)
    is_in: bool = False


class Gate:
    """Admits requests to one server in the order they came, sync and async alike.

    Whoever is in already is admitted past the limit: a stream whose reader asks again would
    otherwise wait for itself.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._waiting: deque[Turn] = deque()
        self._inside: Counter[Holder] = Counter()

    @property
    def in_flight(self) -> int:
        """Requests that are admitted now."""
        return self._inside.total()

    def enter(self, limit: int, seconds: float | None, cancellation: Cancellation) -> Turn:
        """Return a turn once there are fewer than `limit` requests; `leave` ends it.

        Raises:
            TimeoutError: It was not admitted within `seconds`.
            RequestCancelledError: It was called off.
        """
        turn = self._come(limit)
        forget = cancellation.on_cancel(lambda: _call_off(turn))
        try:
            turn.admitted.result(seconds)
            cancellation.check()  # one that was cut may just have made room for this one
        except CancelledError:
            self.leave(turn)
            cancellation.check()
            raise
        except BaseException:
            self.leave(turn)
            raise
        finally:
            forget()
        return turn

    async def enter_async(
        self, limit: int, seconds: float | None, cancellation: Cancellation
    ) -> Turn:
        """See `enter`."""
        turn = self._come(limit)
        forget = cancellation.on_cancel(lambda: _call_off(turn))
        try:
            await asyncio.wait_for(asyncio.wrap_future(turn.admitted), seconds)
            cancellation.check()
        except asyncio.CancelledError:
            self.leave(turn)
            cancellation.check()
            raise
        except BaseException:
            self.leave(turn)
            raise
        finally:
            forget()
        return turn

    def leave(self, turn: Turn) -> None:
        """End a turn, also one that was not admitted yet; harmless when it is over."""
        with self._lock:
            if turn.is_in:
                turn.is_in = False
                self._inside[turn.holder] -= 1
                self._inside += Counter()  # forgets who has left
            elif turn in self._waiting:
                self._waiting.remove(turn)
            self._admit()

    def _come(self, limit: int) -> Turn:
        turn = Turn(limit, _holder())
        with self._lock:
            if self._inside[turn.holder]:
                self._let_in(turn)
            else:
                self._waiting.append(turn)
                self._admit()
        return turn

    def _admit(self) -> None:
        while self._waiting and self.in_flight < self._waiting[0].limit:
            self._let_in(self._waiting.popleft())

    def _let_in(self, turn: Turn) -> None:
        if turn.admitted.set_running_or_notify_cancel():
            turn.is_in = True
            self._inside[turn.holder] += 1
            turn.admitted.set_result(None)


def _call_off(turn: Turn) -> None:
    turn.admitted.cancel()  # without effect where it is admitted; its connection is cut then


def _holder() -> Holder:
    try:
        task = asyncio.current_task()
    except RuntimeError:  # no loop runs in this thread
        task = None
    return threading.get_ident(), id(task) if task else 0
