"""A sandbox for a machine that is itself the sandbox, such as a disposable virtual machine."""

import sys
import tempfile
from dataclasses import asdict
from pathlib import Path

from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.piped import BOOT, FailedStartError, PipeChannel
from r1agent_tools.sandbox.readable import import_paths
from r1agent_tools.sandbox.wire import most_bytes
from r1agent_tools.sandbox.wired import Channel, WiredSandbox

_START_SECONDS = 60.0


class ExternalSandbox(WiredSandbox):
    """Run Python on a machine that holds nothing worth protecting.

    The kernel's limits hold and system calls are filtered: no network, no other processes. Files
    are open to the programs as they are to this user. Use it only where the machine around it is
    thrown away; every result says that it was used.
    """

    def __init__(self, *, limits: Limits | None = None) -> None:
        """Store the bounds of each session."""
        super().__init__(limits)

    def _open_channel(self) -> Channel:
        start = {
            "sources": {},
            "package": str(Path(__file__).resolve().parents[2]),
            "libraries": import_paths(),
            "limits": asdict(self._limits),
            "environment": {},
            "folder": tempfile.gettempdir(),
        }
        try:
            channel = PipeChannel(
                [sys.executable, "-I", "-S", "-B", "-X", "utf8", "-c", BOOT],
                start,
                seconds=_START_SECONDS,
                most_bytes=most_bytes(self._limits),
                environment={},
            )
        except FailedStartError as error:
            raise SandboxUnavailableError(
                f"The sandbox `external` cannot start a session: {error}. {error.words[-500:]} "
                "It needs Linux on x86_64 or aarch64 with seccomp; run `r1agent doctor`."
            ) from error
        channel.isolation = {
            "backend": "external",
            "confined": False,
            "warning": "files are open to programs: the machine around it is the only boundary",
            **channel.isolation,
        }
        return channel
