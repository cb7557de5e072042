"""Fetch a model's files from the model hub, byte ranges and all.

Plain HTTP rather than the hub's own client: a pinned file needs one ranged request, a bounded
first contact, and a report of every block that arrives.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote, urlsplit

import httpx2

from r1agent.models.connection import is_loopback, printable
from r1agent.models.progress import Ticker
from r1agent.models.registry import ModelEntry
from r1agent.models.store import Checksum

_ATTEMPTS = 5
_STALLED = 30.0
_WANTED_SUFFIXES = frozenset({".safetensors", ".json", ".jinja", ".model", ".txt"})


class SourceError(Exception):
    """A source cannot give the file; the reason goes into the message to the user."""


@dataclass(frozen=True, slots=True)
class HubFile:
    """A file as the hub lists it."""

    path: str
    checksum: Checksum


def fetch_file(entry: ModelEntry, target: Path, ticker: Ticker, *, timeout: float) -> None:
    """Bring `target` to the full length of the entry's file, going on where it ends.

    `timeout` is in seconds, for the hub's first answer, name look-up included.

    Raises:
        SourceError: The hub is out of reach, refuses, or holds another file.
    """
    assert entry.file is not None  # noqa: S101 - folders go through `fetch_folder`
    with _session(timeout) as session:
        _download(session, _file_url(entry, entry.file), target, entry.size, ticker)


def list_folder(entry: ModelEntry, *, timeout: float) -> list[HubFile]:
    """Return the files of the repository that a server needs, with the hub's own checksums."""
    url: str | None = f"{_endpoint()}/api/models/{entry.repository}/tree/{entry.revision}"
    files: list[HubFile] = []
    with _session(timeout) as session:
        while url is not None:
            response = session.open(url, offset=0)
            try:
                response.read()
                rows = response.json()
                files += [_hub_file(row) for row in rows if _is_wanted(row)]
            except (httpx2.HTTPError, ValueError, KeyError, TypeError) as error:
                raise SourceError(f"its file list cannot be read ({error!r})") from error
            url = response.links.get("next", {}).get("url")
    if not files:
        raise SourceError("its file list names no weights")
    return files


def fetch_folder(
    entry: ModelEntry, files: list[HubFile], folder: Path, ticker: Ticker, *, timeout: float
) -> None:
    """Bring every file of the list into `folder`, each checked against its checksum."""
    with _session(timeout) as session:
        for file in files:
            target = folder / file.path
            ticker.set(item=file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            _download(session, _file_url(entry, file.path), target, file.checksum.size, ticker)
            if not file.checksum.matches(target, _ignore):
                target.unlink()
                raise SourceError(f"{file.path!r} arrived with another hash than the hub states")


def is_offline() -> bool:
    """Say whether the user forbids the hub (`HF_HUB_OFFLINE`, as the hub's own tools read it)."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


@dataclass(frozen=True, slots=True)
class _Session:
    client: httpx2.Client
    timeout: float

    def open(self, url: str, *, offset: int) -> httpx2.Response:
        """Return the response to a GET from byte `offset` on, its body not yet read."""
        headers = {"Range": f"bytes={offset}-"} if offset else {}
        request = self.client.build_request("GET", url, headers=headers)
        response = _within(self.timeout, lambda: self.client.send(request, stream=True))
        if response.status_code in {200, 206}:
            return response
        response.close()
        raise SourceError(_refusal(response.status_code))


@contextmanager
def _session(timeout: float) -> Iterator[_Session]:
    headers = {"Accept-Encoding": "identity"}
    if token := os.environ.get("HF_TOKEN"):
        headers["Authorization"] = f"Bearer {token}"
    with httpx2.Client(
        headers=headers,
        timeout=httpx2.Timeout(_STALLED, connect=timeout),
        follow_redirects=True,  # the client drops the token when the host changes
        trust_env=not is_loopback(_endpoint()),
    ) as client:
        yield _Session(client, timeout)


def _within(seconds: float, call: Callable[[], httpx2.Response]) -> httpx2.Response:
    """Run `call` for at most `seconds`: a name look-up has no time-out of its own."""
    outcome: list[httpx2.Response | httpx2.HTTPError] = []

    def run() -> None:
        try:
            outcome.append(call())
        except httpx2.HTTPError as error:
            outcome.append(error)
        except RuntimeError:  # the client was closed because nobody waits any more
            return

    thread = threading.Thread(target=run, name="hub-contact", daemon=True)
    thread.start()
    thread.join(seconds)
    if not outcome:
        raise SourceError(f"{printable(_endpoint())} did not answer within {seconds:g} s")
    if isinstance(outcome[0], httpx2.HTTPError):
        raise SourceError(f"{printable(_endpoint())} is out of reach ({outcome[0]})")
    return outcome[0]


def _download(session: _Session, url: str, target: Path, size: int | None, ticker: Ticker) -> None:
    for _ in range(_ATTEMPTS):
        held = target.stat().st_size if target.exists() else 0
        if held == size:
            return
        if size is not None and held > size:
            target.unlink()
            held = 0
        try:
            _append(session.open(url, offset=held), target, held, size, ticker)
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


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _file_url(entry: ModelEntry, path: str) -> str:
    return f"{_endpoint()}/{entry.repository}/resolve/{entry.revision}/{quote(path)}"


def _refusal(status: int) -> str:
    host = urlsplit(_endpoint()).hostname
    if status in {401, 403}:
        return f"{host} answered {status}: accept the model's licence there and set `HF_TOKEN`"
    return f"{host} answered {status}"


def _is_wanted(row: dict[str, object]) -> bool:
    path = PurePosixPath(str(row["path"]))
    if row.get("type") != "file" or path.suffix not in _WANTED_SUFFIXES:
        return False
    return not path.is_absolute() and len(path.parts) == 1 and "\\" not in str(path)


def _hub_file(row: dict[str, object]) -> HubFile:
    path, size = str(row["path"]), int(str(row["size"]))
    lfs = row.get("lfs")
    if isinstance(lfs, dict):
        return HubFile(path, Checksum("sha256", str(lfs["oid"]), size))
    return HubFile(path, Checksum("git", str(row["oid"]), size))


def _ignore(size: int) -> None:
    """Take no account of the bytes hashed: they were counted when they arrived."""
