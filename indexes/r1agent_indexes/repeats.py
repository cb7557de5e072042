"""When a server that is busy is asked again: as it says, else after growing pauses."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from tenacity import RetryCallState, wait_random_exponential

from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError

if TYPE_CHECKING:
    import httpx2

AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
"""Statuses after which the same request may succeed."""
_LONGEST_WAIT = 60.0
"""Seconds that a server may ask to be left alone before it is given up for this run."""


def busy(response: "httpx2.Response") -> WebError:
    """Return what an answer with one of `AGAIN` means: a pause, or too long a one."""
    seconds = _seconds(response.headers.get("Retry-After"))
    reason = f"answered {response.status_code}"
    if seconds is not None and seconds > _LONGEST_WAIT:
        return WebError(f"{reason} and asks to wait {seconds:.0f} s", status=response.status_code)
    return TryAgainError(reason, seconds=seconds, status=response.status_code)


def pause(state: RetryCallState) -> float:
    """Return the seconds until the next attempt, for tenacity: as asked for, else by chance."""
    error = state.outcome.exception() if state.outcome else None
    if isinstance(error, TryAgainError) and error.seconds is not None:
        return error.seconds
    return wait_random_exponential(multiplier=0.5, max=20.0)(state)


def _seconds(retry_after: str | None) -> float | None:
    """Return the pause that a server asks for, as seconds or as the time to come back."""
    if retry_after is None:
        return None
    try:
        return max(0.0, float(retry_after))
    except ValueError:
        pass
    try:
        until = parsedate_to_datetime(retry_after)
    except ValueError:
        return None
    zoned = until if until.tzinfo else until.replace(tzinfo=UTC)
    return max(0.0, (zoned - datetime.now(UTC)).total_seconds())
