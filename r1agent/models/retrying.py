"""How long one call to a model goes on: what is tried again, after which pause, and how often.

The pauses are tenacity's exponential ones with full jitter, so that requests that failed together
do not come back together. The openai client's own repeats are off: they sleep past a deadline and
a Ctrl-C, repeat a 501, and give up before a server has restarted.
"""

from __future__ import annotations

import asyncio
import email.utils
import random
import re
import time
from dataclasses import dataclass
from typing import Any

import httpx2
import openai
from langchain_core.exceptions import ContextOverflowError
from tenacity import AsyncRetrying, RetryCallState, Retrying, wait_random_exponential

from r1agent.models.cancellation import Cancellation
from r1agent.models.connection import printable
from r1agent.models.failures import origin_of
from r1agent.models.replicas import Replicas
from r1agent.models.terms import TERMS

_LONGEST_ASKED = 120.0  # seconds of `Retry-After` that are still waited
_AGAIN = frozenset({408, 409, 429})
_GONE = frozenset({502, 503})
_ENGINE_DIED = "EngineCore"
"""In what vLLM says while it goes down because its engine died."""
_WATCHING = wait_random_exponential(multiplier=0.25, max=2)
_SLOWLY = wait_random_exponential(multiplier=0.5, max=8)


@dataclass(frozen=True, slots=True)
class Patience:
    """What a user allows one call."""

    max_retries: int
    """Repeats after a failure of a server that is there."""
    server_wait_seconds: float
    """How long a server that answered before may be away, for a restart."""


class Persistence:
    """Decides for one call whether it is tried again.

    Args:
        patience: What the user allows.
        replicas: The servers; only one that answered before is waited for.
        cancellation: Ends the pauses.
    """

    def __init__(self, patience: Patience, replicas: Replicas, cancellation: Cancellation) -> None:
        self._patience = patience
        self._replicas = replicas
        self._cancellation = cancellation
        self._failures = 0
        self._away_since: float | None = None
        self._has_told = False

    def retrying(self) -> Retrying:
        """Return what repeats a call."""
        return Retrying(**self._rules(), sleep=self._cancellation.pause)

    def retrying_async(self) -> AsyncRetrying:
        """Return what repeats an asynchronous call."""
        return AsyncRetrying(**self._rules(), sleep=self._pause_async)

    def _rules(self) -> dict[str, Any]:
        return {
            "retry": self._is_worth_it,
            "wait": self._seconds,
            "stop": self._is_enough,
            "before_sleep": self._tell,
            "reraise": True,
        }

    def _is_worth_it(self, state: RetryCallState) -> bool:
        error = _error(state)
        return error is not None and not self._cancellation.is_cancelled and is_passing(error)

    def _seconds(self, state: RetryCallState) -> float:
        """Count the failure and return the pause after it."""
        error = _error(state)
        asked = retry_after(error)
        if self._is_away(error):
            self._away_since = self._away_since or time.monotonic()
        else:
            self._away_since = None
            self._failures += 1
        if asked is not None:
            return asked + random.uniform(0, 1)  # noqa: S311 - no secret
        return _WATCHING(state) if self._away_since else _SLOWLY(state)

    def _is_enough(self, state: RetryCallState) -> bool:
        now, left = time.monotonic(), TERMS.get().seconds_left
        if left is not None and state.upcoming_sleep >= left:
            return True
        if self._away_since is None:
            return self._failures > self._patience.max_retries
        return now - self._away_since > self._patience.server_wait_seconds

    def _is_away(self, error: BaseException | None) -> bool:
        known = self._replicas.have_answered and self._patience.server_wait_seconds > 0
        if not known or error is None:
            return False
        if isinstance(error, openai.APIStatusError):
            gone = error.status_code in _GONE or _ENGINE_DIED in error.message
            return gone and not self._replicas.another_fits
        return isinstance(origin_of(error), httpx2.ConnectError | httpx2.ConnectTimeout)

    def _tell(self, state: RetryCallState) -> None:
        notice = TERMS.get().notice
        if self._away_since is not None and notice is not None and not self._has_told:
            self._has_told = True
            where = ", ".join(printable(address) for address in self._replicas.addresses)
            seconds = self._patience.server_wait_seconds
            notice(
                f"The model server at {where!r} stopped answering; waiting up to {seconds:g} s for "
                "it to come back."
            )

    async def _pause_async(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        self._cancellation.check()


def is_passing(error: BaseException) -> bool:
    """Tell whether the same request may succeed a little later."""
    if isinstance(error, ContextOverflowError | openai.APIResponseValidationError):
        return False
    if isinstance(error, openai.APIStatusError):
        failed = error.status_code >= 500 and error.status_code != 501
        asked = retry_after(error) or 0.0
        return (failed or error.status_code in _AGAIN) and asked <= _LONGEST_ASKED
    return isinstance(error, openai.APIError | httpx2.TransportError)


def retry_after(error: BaseException | None) -> float | None:
    """Return the seconds that a server asks to wait; None where it asks nothing that is known."""
    if not isinstance(error, openai.APIStatusError):
        return None
    asked = error.response.headers.get("Retry-After", "").strip()
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", asked):
        return float(asked)
    date = email.utils.parsedate_tz(asked)
    if date is None:
        return None
    try:
        return max(0.0, email.utils.mktime_tz(date) - time.time())
    except (ValueError, OverflowError):  # a date that no calendar has
        return None


def _error(state: RetryCallState) -> BaseException | None:
    return state.outcome.exception() if state.outcome else None
