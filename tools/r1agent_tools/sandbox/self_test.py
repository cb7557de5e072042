"""Attempts that the sandbox must refuse, made from inside it when it starts.

A layer that is installed but not enforced looks like one that works; only a witnessed denial tells.
"""

import os
import socket
from collections.abc import Callable
from typing import Any

ALLOWED = "allowed"
REFUSED = "refused"
EXPECTED = {
    "read a file of the host": REFUSED,
    "write beside a file of the host": REFUSED,
    "list the root folder": REFUSED,
    "open an internet socket": REFUSED,
    "open a unix socket": REFUSED,
    "start a process": REFUSED,
    "run a program": REFUSED,
    "signal another process": REFUSED,
    "write in its own folder": ALLOWED,
}
"""What must be witnessed, in words that a user can read."""

EXPECTED_IN_NAMESPACES = {
    "see a file of the host": REFUSED,
    "see a process of the host": REFUSED,
}
"""What must be witnessed besides where there are namespaces."""


def attempt_forbidden(canary: str, *, own_folder: str) -> dict[str, str]:
    """Make each attempt of `EXPECTED` and return what became of it.

    Args:
        canary: A file of the host's that any unconfined process of this user can read.
        own_folder: The folder that must be writable.
    """
    attempts: dict[str, Callable[[], Any]] = {
        "read a file of the host": lambda: _open(canary, os.O_RDONLY),
        "write beside a file of the host": lambda: _open(f"{canary}.new", os.O_CREAT | os.O_RDWR),
        "list the root folder": lambda: os.listdir("/"),  # noqa: PTH208
        "open an internet socket": lambda: socket.socket(socket.AF_INET).close(),
        "open a unix socket": lambda: socket.socket(socket.AF_UNIX).close(),
        "start a process": _start_process,
        "run a program": lambda: os.execv("/bin/true", ["true"]),  # noqa: S606
        "signal another process": lambda: os.kill(os.getppid(), 0),
        "write in its own folder": lambda: _write_and_remove(f"{own_folder}/self-test"),
    }
    return {name: _outcome(attempt) for name, attempt in attempts.items()}


def _outcome(attempt: Callable[[], Any]) -> str:
    try:
        attempt()
    except PermissionError:
        return REFUSED
    except OSError as error:
        return f"failed otherwise ({error})"
    return ALLOWED


def _open(path: str, flags: int) -> None:
    os.close(os.open(path, flags, 0o600))


def _start_process() -> None:
    if os.fork() == 0:
        os._exit(0)


def _write_and_remove(path: str) -> None:
    _open(path, os.O_CREAT | os.O_RDWR)
    os.unlink(path)  # noqa: PTH108
