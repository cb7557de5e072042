"""Fetch files over HTTP by byte ranges, so that a fetch goes on where it was cut off."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from r1agent.models.connection import is_loopback, printable
from r1agent.models.progress import Ticker

_ATTEMPTS = 5
_STALLED = 30.0


class SourceError(Exception):
    """A source cannot give the file; the reason goes into the message to the user."""


@dataclass(frozen=True, slots=True)
class Session:
    """A client of one server, which is given `timeout` seconds to answer at first."""

    client: httpx2.Client
    server: str
    """Its address, for messages."""
    timeout: float
    advice: str = ""
    """What to do where it refuses (401, 403)."""

    def open(self, url: str, *, offset: int) -> httpx2.Response:
        """Return the response to a GET from byte `offset` on, its body not yet read."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        request = self.client.build_request("GET", url, headers=headers)
        response = self._within(lambda: self.client.send(request, stream=True))
        if response.status_code in {200, 206}:
            return response
        response.close()
        raise SourceError(self._refusal(response.status_code))

    def _within(self, call: Callable[[], httpx2.Response]) -> httpx2.Response:
        """Run `call` for at most `timeout`: a name look-up has no time-out of its own."""
        outcome: list[httpx2.Response | httpx2.HTTPError | SourceError] = []

        def run() -> None:
            try:
                outcome.append(call())
            except (httpx2.HTTPError, SourceError) as error:
                outcome.append(error)
            except RuntimeError:  # the client was closed because nobody waits any more
                return

        thread = threading.Thread(target=run, name="first-contact", daemon=True)
        thread.start()
        thread.join(self.timeout)
        if not outcome:
            raise SourceError(f"{printable(self.server)} did not answer within {self.timeout:g} s")
        if isinstance(outcome[0], SourceError):
            raise outcome[0]
        if isinstance(outcome[0], httpx2.HTTPError):
            raise SourceError(f"{printable(self.server)} is out of reach ({outcome[0]})")
        return outcome[0]

    def _refusal(self, status: int) -> str:
        advice = f": {self.advice}" if self.advice and status in {401, 403} else ""
        return f"{urlsplit(self.server).hostname} answered {status}{advice}"


@contextmanager
def session(
    server: str,
    *,
    timeout: float,
    headers: Mapping[str, str] | None = None,
    advice: str = "",
    encrypted: bool = False,
) -> Iterator[Session]:
    """Open a client of a server.

    Args:
        server: Its address.
        timeout: Seconds until its first answer, name look-up included.
        headers: Sent with each request; a token is dropped when the host changes.
        advice: What to do where it refuses.
        encrypted: Refuse to be led to plain HTTP, except on this machine.
    """
    with httpx2.Client(
        headers={"Accept-Encoding": "identity", **(headers or {})},
        timeout=httpx2.Timeout(_STALLED, connect=timeout),
        follow_redirects=True,
        trust_env=not is_loopback(server),
        event_hooks={"request": [_require_encryption] if encrypted else []},
    ) as client:
        yield Session(client, server, timeout, advice)


def download(source: Session, url: str, target: Path, size: int | None, ticker: Ticker) -> None:
    """Bring `target` to the full length of the file at `url`, going on where it ends.

    Raises:
        SourceError: The server is out of reach, refuses, or holds a file of another size.
    """
    for _ in range(_ATTEMPTS):
        held = target.stat().st_size if target.exists() else 0
        if held == size:
            return
        if size is not None and held > size:
            target.unlink()
            held = 0
        try:
            _append(source.open(url, offset=held), target, held, size, ticker)
        except httpx2.HTTPError as error:
            cut = error
            continue
        return
    raise SourceError(f"the connection broke {_ATTEMPTS} times ({cut!r})")


def _append(
    response: httpx2.Response, target: Path, held: int, size: int | None, ticker: Ticker
) -> None:
    try:
        begin = held if response.status_code == 206 else 0
        length = response.headers.get("Content-Length")
        if size is not None and length is not None and begin + int(length) != size:
            raise SourceError(f"its file has {begin + int(length)} bytes, not {size}")
        ticker.set(activity="downloading")
        ticker.advance(begin - held)
        with target.open("r+b" if begin else "wb") as file:
            file.seek(begin)
            for block in response.iter_raw():
                file.write(block)
                ticker.advance(len(block))
    finally:
        response.close()
    if size is not None and target.stat().st_size != size:
        raise httpx2.RemoteProtocolError("the body ended early")


def _require_encryption(request: httpx2.Request) -> None:
    url = str(request.url)
    if request.url.scheme != "https" and not is_loopback(url):
        raise SourceError(f"{printable(url)} is not encrypted, and was not asked")
