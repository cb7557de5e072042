"""Fetch a model's files from the model hub, byte ranges and all.

Plain HTTP rather than the hub's own client: a pinned file needs one ranged request, a bounded
first contact, and a report of every block that arrives.
"""

from __future__ import annotations

import os
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import quote

import httpx2

from r1agent.models.progress import Ticker
from r1agent.models.ranged import Session, SourceError, download, session
from r1agent.models.registry import ModelEntry
from r1agent.models.store import Checksum

_WANTED_SUFFIXES = frozenset({".safetensors", ".json", ".jinja", ".model", ".txt"})


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
    with _session(timeout) as hub:
        download(hub, _file_url(entry, entry.file), target, entry.size, ticker)


def list_folder(entry: ModelEntry, *, timeout: float) -> list[HubFile]:
    """Return the files of the repository that a server needs, with the hub's own checksums."""
    url: str | None = f"{_endpoint()}/api/models/{entry.repository}/tree/{entry.revision}"
    files: list[HubFile] = []
    with _session(timeout) as hub:
        while url is not None:
            response = hub.open(url, offset=0)
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
    with _session(timeout) as hub:
        for file in files:
            target = folder / file.path
            ticker.set(item=file.path)
            target.parent.mkdir(parents=True, exist_ok=True)
            download(hub, _file_url(entry, file.path), target, file.checksum.size, ticker)
            if not file.checksum.matches(target, _ignore):
                target.unlink()
                raise SourceError(f"{file.path!r} arrived with another hash than the hub states")


def is_offline() -> bool:
    """Say whether the user forbids the hub (`HF_HUB_OFFLINE`, as the hub's own tools read it)."""
    return os.environ.get("HF_HUB_OFFLINE", "").upper() in {"1", "ON", "YES", "TRUE"}


def _session(timeout: float) -> AbstractContextManager[Session]:
    token = os.environ.get("HF_TOKEN")
    return session(
        _endpoint(),
        timeout=timeout,
        headers={"Authorization": f"Bearer {token}"} if token else {},
        advice="accept the model's licence there and set `HF_TOKEN`",
    )


def _endpoint() -> str:
    return os.environ.get("HF_ENDPOINT", "https://huggingface.co").rstrip("/")


def _file_url(entry: ModelEntry, path: str) -> str:
    return f"{_endpoint()}/{entry.repository}/resolve/{entry.revision}/{quote(path)}"


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
