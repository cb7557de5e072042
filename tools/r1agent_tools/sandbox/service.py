"""Requests to a sandbox service over HTTP, each within its time and its size."""

import ipaddress
import json
import time
from urllib.parse import urlsplit

import httpx2
from tenacity import Retrying, retry_if_exception_type, stop_after_attempt, wait_exponential

from r1agent_tools.sandbox.capture import clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.wire import parse_reply
from r1agent_tools.sandbox.wired import ChannelClosedError

_CONNECT_SECONDS = 10.0
_TRIES = 3
_SERVICE_IS_BUSY = (502, 503, 504)


class Service:
    """One service; its token is sent and never shown."""

    def __init__(self, url: str, token: str | None, most: int) -> None:
        """Store the address, and how many bytes a reply may have."""
        self.url = url
        self._token = token
        self._most = most
        self._opened: httpx2.Client | None = None

    def request(
        self, method: str, path: str, body: Frame | None = None, *, seconds: float
    ) -> Frame:
        """Send a request and return the object it is answered with.

        GET and DELETE are sent again where the way or the service fails; POST only where no
        connection came about, since a program must not run twice.

        Raises:
            ChannelClosedError: The service failed, refused, or took longer than `seconds`.
            SandboxProtocolError: It answered with something else than an object of JSON.
        """
        deadline = time.monotonic() + seconds
        tries = Retrying(
            stop=stop_after_attempt(_TRIES),
            wait=wait_exponential(0.1, max=1),
            retry=retry_if_exception_type(_RetryableError),
            reraise=True,
        )
        try:
            return tries(self._try, method, path, body, deadline)
        except _RetryableError as error:
            raise ChannelClosedError(str(error)) from None

    def close(self) -> None:
        """Close the connections."""
        if self._opened is not None:
            self._opened.close()
        self._opened = None

    def _try(self, method: str, path: str, body: Frame | None, deadline: float) -> Frame:
        left = max(deadline - time.monotonic(), 0.01)
        timeout = httpx2.Timeout(left, connect=min(left, _CONNECT_SECONDS))
        repeatable = method in ("GET", "DELETE")
        try:
            content = None if body is None else json.dumps(body).encode("ascii")
            with self._client().stream(
                method, self.url + path, content=content, timeout=timeout
            ) as response:
                data = self._read(response, deadline)
        except (httpx2.ConnectError, httpx2.ConnectTimeout) as error:
            raise _RetryableError(f"no connection ({type(error).__name__})") from None
        except httpx2.TimeoutException:
            raise _too_slow() from None
        except (httpx2.HTTPError, httpx2.StreamError) as error:
            failed = f"the request broke off ({type(error).__name__})"
            raise (_RetryableError if repeatable else ChannelClosedError)(failed) from None
        if response.status_code < 400:
            return parse_reply(data or b"{}")
        refused = f"it answered {response.status_code}{self._reason(data)}"
        again = repeatable and response.status_code in _SERVICE_IS_BUSY
        raise (_RetryableError if again else ChannelClosedError)(refused)

    def _read(self, response: httpx2.Response, deadline: float) -> bytes:
        """Read a body as it comes over the wire; unpacking could make a small one large."""
        data = bytearray()
        for chunk in response.iter_raw():
            data += chunk
            if len(data) > self._most:
                raise SandboxProtocolError(f"a reply is longer than {self._most} bytes")
            if time.monotonic() > deadline:
                raise _too_slow()
        return bytes(data)

    def _reason(self, data: bytes) -> str:
        """Return the service's own words, without the token that it may have sent back."""
        try:
            words = str(parse_reply(data).get("error", ""))
        except SandboxProtocolError:
            return ""
        if not words or (self._token and self._token in words):
            return ""
        return f": {clean_text(words, 300)}"

    def _client(self) -> httpx2.Client:
        if self._opened is None:
            headers = {"Content-Type": "application/json", "Accept-Encoding": "identity"}
            if self._token:
                headers["Authorization"] = f"Bearer {self._token}"
            self._opened = httpx2.Client(
                headers=headers, follow_redirects=False, trust_env=not is_loopback(self.url)
            )
        return self._opened


class _RetryableError(Exception):
    """A request that may be sent again: it never arrived, or arriving twice does no harm."""


def _too_slow() -> ChannelClosedError:
    return ChannelClosedError("TimeoutError: no reply in time", limit_hit="wall_seconds")


def is_loopback(url: str) -> bool:
    """Tell whether `url` names this machine, which no proxy setting may reroute."""
    host = urlsplit(url).hostname or ""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
