"""The record of the servers that run on this machine, by which other commands find them."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from platformdirs import user_state_path
from pydantic import SecretStr, TypeAdapter, ValidationError

_CLOCK_MAY_MOVE_BY = 5.0
"""Seconds; setting the clock moves the time at which a process is said to have started."""


@dataclass(frozen=True, slots=True)
class RunningServer:
    """A server of this user, on this machine."""

    base_url: str
    """Ends in `/v1`."""
    api_key: SecretStr
    model_name: str
    pid: int
    started: float
    """When the process began, in seconds since 1970; tells it from a later one of the same pid."""
    host: str
    """The machine; several may share a home folder."""
    about: str = ""
    """Precision and engine, for people: `4 bits, on vLLM 0.32.0`."""
    identity: str = ""
    """The same for as long as the same weights are served, however often that is begun anew."""


def record(
    base_url: str,
    *,
    api_key: str,
    model_name: str,
    pid: int,
    about: str = "",
    identity: str = "",
    folder: Path | None = None,
) -> RunningServer:
    """Write down that a server runs, in a file that only this user can read.

    Args:
        base_url: Where it answers.
        api_key: What it asks for.
        model_name: What it serves.
        pid: Its process; the record counts for as long as that lives.
        about: Precision and engine, for people.
        identity: Stands for the weights in a cache of answers.
        folder: Where records lie; by default `default_folder()`.

    Raises:
        OSError: The folder cannot be written to.
    """
    started = psutil.Process(pid).create_time()
    server = RunningServer(
        base_url=base_url,
        api_key=SecretStr(api_key),
        model_name=model_name,
        pid=pid,
        started=started,
        host=socket.gethostname(),
        about=about,
        identity=identity,
    )
    prepare(folder)
    _write(file_of(server, folder=folder), server)
    return server


def find_running(*, folder: Path | None = None) -> RunningServer | None:
    """Return the server that was started last and still lives, or None."""
    return next(iter(list_running(folder=folder)), None)


def list_running(*, folder: Path | None = None) -> list[RunningServer]:
    """Return the servers that live, the latest first; records of dead ones are removed."""
    found = sorted(_living(folder or default_folder()), key=lambda server: server.started)
    return found[::-1]


def forget(server: RunningServer, *, folder: Path | None = None) -> None:
    """Remove the record of a server; harmless where there is none."""
    file_of(server, folder=folder).unlink(missing_ok=True)


def prepare(folder: Path | None = None) -> None:
    """Make the folder of the records.

    Raises:
        OSError: It cannot be made.
    """
    (folder or default_folder()).mkdir(mode=0o700, parents=True, exist_ok=True)


def file_of(server: RunningServer, *, folder: Path | None = None) -> Path:
    """Return the file that holds the record of a server, and its key."""
    return (folder or default_folder()) / f"{server.host}-{server.pid}.json"


def default_folder() -> Path:
    """Return the folder of the records, in the home folder.

    Not in the runtime folder, which a shared `/tmp` stands in for where there is none: somebody
    else could put a record there, and be sent the questions.
    """
    return user_state_path("r1agent") / "servers"


def _living(folder: Path) -> Iterator[RunningServer]:
    for path in folder.glob("*.json"):
        server = _read(path)
        if server is None or server.host != socket.gethostname():
            continue
        if _lives(server):
            yield server
        else:
            with suppress(OSError):  # a home folder that is read-only; the record is passed over
                path.unlink(missing_ok=True)


def _lives(server: RunningServer) -> bool:
    try:
        process = psutil.Process(server.pid)
        began, status = process.create_time(), process.status()
    except psutil.Error:
        return False
    same = abs(began - server.started) < _CLOCK_MAY_MOVE_BY
    return same and status != psutil.STATUS_ZOMBIE


def _write(path: Path, server: RunningServer) -> None:
    values = {name: getattr(server, name) for name in RunningServer.__slots__}
    values["api_key"] = server.api_key.get_secret_value()
    draft = path.with_suffix(f".{os.getpid()}.partial")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(values, file)
    draft.replace(path)


def _read(path: Path) -> RunningServer | None:
    """Return what a record says; one of somebody else, or a damaged one, says nothing."""
    try:
        if path.stat().st_uid != os.getuid():
            return None
        return TypeAdapter(RunningServer).validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return None
