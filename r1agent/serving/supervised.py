"""A command that ends with this process, and takes along every process that it started."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
import weakref
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

_SUPERVISOR = Path(__file__).with_name("supervisor.py")
_GRACE = 15.0


def run_supervised(
    command: Sequence[str], *, environment: Mapping[str, str], log: int, grace: float = _GRACE
) -> Supervised:
    """Start `command` below a supervisor.

    Args:
        command: The program and its arguments.
        environment: All of its environment.
        log: A file descriptor that takes what it prints.
        grace: Seconds it has to end by itself when it is to stop.
    """
    supervisor = subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
        [sys.executable, "-P", str(_SUPERVISOR), str(os.getpid()), str(grace), *command],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=log,
        text=True,
        env=environment,
        start_new_session=True,  # Ctrl-C is for this process, which then stops the command
    )
    return Supervised(supervisor, grace)


class Supervised:
    """A command under a supervisor; it is stopped when nothing refers to it any more."""

    def __init__(self, supervisor: subprocess.Popen[str], grace: float) -> None:
        """Take over the supervisor, and wait until it has started the command."""
        self._supervisor = supervisor
        self.stop = weakref.finalize(self, _stop, supervisor, grace)
        """Stop the command and all below it, and wait until they are gone; works once."""
        assert supervisor.stdout is not None  # noqa: S101 - opened as a pipe in `run_supervised`
        self.pid = int(supervisor.stdout.readline() or 0) or None
        """The command's process id; None: it could not be started."""

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until the command has ended, and return its exit code; None: it still runs.

        One that a signal ended has 128 and the signal's number.
        """
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._supervisor.wait(timeout)
        return self._supervisor.returncode


def _stop(supervisor: subprocess.Popen[str], grace: float) -> None:
    """Have the supervisor stop all; where it hangs, kill everything below it."""
    supervisor.terminate()
    try:
        supervisor.wait(grace + 10)
    except subprocess.TimeoutExpired:
        for process in psutil.Process(supervisor.pid).children(recursive=True):
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
        supervisor.kill()
        supervisor.wait()
    if supervisor.stdout is not None:
        supervisor.stdout.close()
