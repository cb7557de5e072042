"""One request to a server and its answer in JSON, bounded in time and size."""

import json
import time
import weakref
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit, urlunsplit

import httpx2
from pydantic import SecretStr

from r1agent_indexes.bibliography.web import is_here
from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError
from r1agent_indexes.repeats import AGAIN, busy

_CONNECT_SECONDS = 10.0
_MOST_BYTES = 256 << 20
_MOST_SHOWN = 200
_KEY_MATTERS = frozenset({401, 403})
"""Statuses whose message is not shown, since it may repeat the key."""


class Connection:
    """Ask one server, which gets nothing but what is asked and its own key.

    Args:
        url: Its address, as far as all its paths share it.
        api_key: Sent as a bearer token.
        timeout: Seconds that one request may take in all.
        at_once: How many requests may be under way, from all threads.
    """

    def __init__(
        self, url: str, *, api_key: SecretStr | None, timeout: float, at_once: int
    ) -> None:
        self.url = url.rstrip("/")
        self._timeout = timeout
        key = api_key.get_secret_value() if api_key else ""
        self._client = httpx2.Client(
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=httpx2.Timeout(timeout, connect=min(_CONNECT_SECONDS, timeout), pool=None),
            limits=httpx2.Limits(max_connections=at_once),
            trust_env=not is_here(url),  # no proxy setting may reroute this machine
        )
        weakref.finalize(self, self._client.close)

    def ask(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """Return one answer.

        Raises:
            TryAgainError: The server is busy, broken, or out of reach.
            WebError: It refuses, takes too long, or answers something else than JSON.
        """
        with (
            self._transport_errors(),
            self._client.stream(method, self.url + path, json=body) as response,
        ):
            text = self._read(response)
        if response.status_code in AGAIN:
            raise busy(response)
        if response.status_code != 200:
            raise WebError(_refusal(response.status_code, text), status=response.status_code)
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            kind = response.headers.get("Content-Type", "no type")
            raise WebError(f"answered with {kind!r}, wanted JSON") from None

    def _read(self, response: httpx2.Response) -> bytes:
        """Return the whole body, however slowly it comes, within the time of the request."""
        began, body = time.monotonic(), bytearray()
        for block in response.iter_bytes():
            body += block
            if len(body) > _MOST_BYTES:
                raise WebError(f"sent {len(body):,} bytes and was not done; given up")
            if time.monotonic() - began > self._timeout:
                raise self._late()
        return bytes(body)

    @contextmanager
    def _transport_errors(self) -> Iterator[None]:
        try:
            yield
        except httpx2.ConnectTimeout as error:
            raise TryAgainError("cannot be reached in time") from error
        except httpx2.TimeoutException as error:
            raise self._late() from error
        except httpx2.TransportError as error:
            raise TryAgainError(f"is out of reach ({error or type(error).__name__})") from error
        except (httpx2.InvalidURL, httpx2.HTTPError) as error:
            raise WebError(f"cannot be asked ({error})") from error

    def _late(self) -> WebError:
        return WebError(f"did not answer within {self._timeout:g} s")


def printable(url: str) -> str:
    """Return an address without the user name and password it may carry."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


def _refusal(status: int, body: bytes) -> str:
    """Return what a server refuses and, from JSON, why."""
    said = "" if status in _KEY_MATTERS else _message(body)
    return f"answered {status} ({said})" if said else f"answered {status}"


def _message(body: bytes) -> str:
    """Return the reason of OpenAI's, Cohere's and FastAPI's errors, nothing where there is none."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return ""
    for name in ("error", "message", "detail"):
        found = found.get(name, found) if isinstance(found, dict) else found
    return " ".join(found.split())[:_MOST_SHOWN] if isinstance(found, str) else ""
