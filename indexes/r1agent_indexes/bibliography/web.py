"""Polite requests: one after the other, with pauses, bounded in time, size and repeats."""

import ipaddress
import json
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import PackageNotFoundError, version
from types import TracebackType
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx2
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt

from r1agent_indexes.bibliography.web_errors import TryAgainError, WebError
from r1agent_indexes.repeats import AGAIN, busy, pause

_MOST_JSON = 16 << 20
_MOST_REDIRECTS = 3


class Web:
    """Ask servers, politely.

    Args:
        mailto: An address that is sent along; Crossref and OpenAlex serve those who give one first.
        pause: Seconds between two requests to one host.
        timeout: Seconds that a server may be silent.
        deadline: Seconds that one answer in JSON may take in all.
        attempts: How often a request is made before it is given up.
    """

    def __init__(
        self,
        *,
        mailto: str | None = None,
        pause: float = 0.25,
        timeout: float = 20.0,
        deadline: float = 60.0,
        attempts: int = 4,
    ) -> None:
        self.mailto = mailto
        self._pause, self._timeout, self._deadline = pause, timeout, deadline
        self._attempts = attempts
        self._clients: dict[bool, httpx2.Client] = {}
        self._last: dict[str, float] = {}

    def json(self, url: str, params: Mapping[str, str] | None = None) -> Any:
        """Return what a server answers in JSON, or None where it knows nothing of it (404).

        Raises:
            WebError: No such answer came, after repeats where those could help.
        """
        try:
            return self.repeated(lambda: self._json(url, params))
        except WebError as error:
            raise WebError(f"{urlsplit(url).hostname} {error}", status=error.status) from error

    def repeated(self, request: Callable[[], Any]) -> Any:
        """Make a request again as long as it raises `TryAgainError`, with growing pauses."""
        again = Retrying(
            retry=retry_if_exception_type(TryAgainError),
            stop=stop_after_attempt(self._attempts),
            wait=pause,
            reraise=True,
        )
        return again(request)

    @contextmanager
    def open(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Iterator[httpx2.Response]:
        """Yield the answer to one GET, its body not yet read; redirects are not followed.

        Raises:
            TryAgainError: The server is busy, broken, or out of reach.
        """
        client = self._client(url)
        self._wait_for_turn(url)
        try:
            with client.stream("GET", url, params=params or None, headers=headers) as response:
                if response.status_code in AGAIN:
                    raise busy(response)
                yield response
        except httpx2.TransportError as error:
            raise TryAgainError(f"is out of reach ({error or type(error).__name__})") from error
        except (httpx2.InvalidURL, httpx2.HTTPError) as error:
            raise WebError(f"cannot be asked ({error})") from error

    def close(self) -> None:
        """Close the connections."""
        for client in self._clients.values():
            client.close()
        self._clients.clear()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self.close()

    def _json(self, url: str, params: Mapping[str, str] | None, hops: int = 0) -> Any:
        began = time.monotonic()
        body = bytearray()
        with self.open(url, params=params) as response:
            if response.has_redirect_location:
                return self._redirected(response, hops)
            if response.status_code == 404:
                return None
            if response.status_code != 200:
                raise WebError(
                    f"answered {response.status_code}, wanted 200", status=response.status_code
                )
            for block in response.iter_bytes():
                body += block
                if len(body) > _MOST_JSON or time.monotonic() - began > self._deadline:
                    raise WebError(f"sent {len(body):,} bytes and was not done; given up")
            kind = response.headers.get("Content-Type", "no type")
        try:
            return json.loads(body)
        except ValueError:
            raise WebError(f"answered with {kind}, wanted JSON") from None

    def _redirected(self, response: httpx2.Response, hops: int) -> Any:
        """Follow a record to its other name, at the same host."""
        asked, leads = str(response.url), urljoin(str(response.url), response.headers["Location"])
        if hops >= _MOST_REDIRECTS or urlsplit(asked).netloc != urlsplit(leads).netloc:
            raise WebError(f"redirects to {urlsplit(leads).netloc!r}, wanted an answer")
        return self._json(leads, None, hops + 1)

    def _client(self, url: str) -> httpx2.Client:
        here = is_here(url)
        if here not in self._clients:
            contact = f" (mailto:{self.mailto})" if self.mailto else ""
            self._clients[here] = httpx2.Client(
                headers={"User-Agent": f"{_agent()}{contact}"},
                timeout=self._timeout,
                trust_env=not here,  # no proxy setting may reroute this machine
            )
        return self._clients[here]

    def _wait_for_turn(self, url: str) -> None:
        host = urlsplit(url).netloc
        left = self._last.get(host, float("-inf")) + self._pause - time.monotonic()
        if left > 0:
            time.sleep(left)
        self._last[host] = time.monotonic()


def is_here(url: str) -> bool:
    """Tell whether an address names this machine."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _agent() -> str:
    try:
        return f"r1agent/{version('r1agent')}"
    except PackageNotFoundError:  # run from a source tree
        return "r1agent"
