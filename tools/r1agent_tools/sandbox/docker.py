"""A sandbox in containers: one for each session, with no network and no rights."""

import csv
import io
import os
import secrets
import subprocess
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path

from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.piped import BOOT, FailedStartError, PipeChannel
from r1agent_tools.sandbox.readable import data_folder
from r1agent_tools.sandbox.wire import most_bytes
from r1agent_tools.sandbox.wired import Channel, WiredSandbox

DEFAULT_IMAGE = "python:3.12-slim"

_START_SECONDS = 60.0
_KILL_SECONDS = 30.0
_USER = 65534  # nobody
_OVERHEAD_MB = 256
"""For two interpreters and the container's init, beyond what the limits give to programs."""
_DISK_MARGIN_MB = 32
"""So that the limit is noticed and named before the folder is full; also for the sources."""
_OTHER_PROCESSES = 8
_RUNTIME_PROCESSES = 500
"""For a runtime such as gVisor, whose own kernel and its threads count as the container's."""
_FOLDER = "/work"
_DATA = "/data"
# The client hands its own proxy settings to containers, and they can hold a password.
_PROXIES = ("HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY")

_REMEDIES = (
    ("permission denied", "Let this user reach the daemon's socket, or use rootless Docker."),
    ("annot connect to the docker daemon", "Start the Docker daemon, or set DOCKER_HOST."),
    ("no such image", "Fetch it once with `docker pull {image}`, or name another image."),
    ("bind source path", "The data folder must be on the machine of the Docker daemon."),
    ("unknown runtime", "Install the runtime {runtime!r} and name it in Docker's daemon.json."),
    ("unknown or invalid runtime", "Install the runtime {runtime!r} and restart the daemon."),
    ("executable file not found", "Use an image with `python3` of 3.11 or newer."),
    ("no such file or directory", "Use an image with `python3` of 3.11 or newer."),
    ("wanted 3.11", "Use an image with `python3` of 3.11 or newer."),
)


class DockerSandbox(WiredSandbox):
    """Run Python in containers of Docker; the image needs nothing but Python 3.11 or newer.

    The container has no network, no capability and no writable disk but its own folder in memory;
    inside it the program is limited and its system calls are filtered as well.
    """

    def __init__(
        self,
        *,
        image: str = DEFAULT_IMAGE,
        runtime: str | None = None,
        cpus: float = 1.0,
        limits: Limits | None = None,
        data: str | Path | None = None,
        program: str = "docker",
    ) -> None:
        """Store the settings.

        Args:
            image: Must be on the daemon's machine already; nothing is pulled.
            runtime: Such as "runsc", which is gVisor; None for the daemon's own.
            cpus: Processors that a session may use.
            limits: Bounds of each session.
            data: A folder of the user's that programs may read, which they find in the
                environment variable `DATA`; what other users may not read is refused there too.
            program: The client to call.

        Raises:
            SandboxUnavailableError: The data folder cannot be used.
        """
        super().__init__(limits)
        self._image = image
        self._runtime = runtime
        self._cpus = cpus
        self._data = None if data is None else data_folder(data)
        self._program = program

    def command(self, name: str) -> list[str]:
        """Return the arguments that start the container `name`."""
        limits = self._limits
        others = _RUNTIME_PROCESSES if self._runtime else _OTHER_PROCESSES
        disk = limits.disk_mb + _DISK_MARGIN_MB  # which is memory too
        memory = f"{limits.memory_mb + disk + _OVERHEAD_MB}m"
        tmpfs = f"{_FOLDER}:rw,noexec,nosuid,nodev,size={disk}m,mode=0700"
        settings = {
            "name": name,
            "runtime": self._runtime,
            "pull": "never",
            "network": "none",
            "ipc": "none",
            "cap-drop": "ALL",
            "security-opt": "no-new-privileges",
            "user": f"{_USER}:{_USER}",
            "tmpfs": f"{tmpfs},uid={_USER},gid={_USER}",
            "memory": memory,
            "memory-swap": memory,
            "cpus": f"{self._cpus:g}",
            "pids-limit": str(limits.threads + others),
            "log-driver": "none",
            "workdir": _FOLDER,
            "entrypoint": "python3",
        }
        options = [f"--{key}={value}" for key, value in settings.items() if value is not None]
        proxies = [f"--env={form}=" for key in _PROXIES for form in (key, key.lower())]
        mounts = [] if self._data is None else [f"--mount={_read_only(self._data)}"]
        switches = ["--rm", "--interactive", "--init", "--read-only", "--no-healthcheck"]
        boot = ["-I", "-B", "-X", "utf8", "-c", BOOT]
        return [self._program, "run", *switches, *options, *mounts, *proxies, self._image, *boot]

    def _open_channel(self) -> Channel:
        name = f"r1agent-{secrets.token_hex(8)}"
        start = {
            "sources": _sources(),
            "package": ".r1agent",
            "libraries": [],
            "limits": asdict(self._limits),
            "folder": ".",
            "environment": {} if self._data is None else {"DATA": _DATA},
        }
        try:
            channel = PipeChannel(
                self.command(name),
                start,
                seconds=_START_SECONDS,
                most_bytes=most_bytes(self._limits),
                kill=lambda: self._remove(name),
            )
        except OSError as error:
            reason = os.strerror(error.errno or 0)
            raise SandboxUnavailableError(
                f"The sandbox `docker` cannot run {self._program!r}: {reason}. Install Docker's "
                "client, or set `sandbox` to another backend."
            ) from error
        except FailedStartError as error:
            raise SandboxUnavailableError(self._explain(error)) from error
        channel.isolation = {**self._describe(), **channel.isolation}
        return channel

    def _remove(self, name: str) -> None:
        """Kill the container, whatever state it is in; the daemon ends it in its own time."""
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(  # noqa: S603 - an argument list, no shell
                [self._program, "rm", "--force", name],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=_KILL_SECONDS,
                check=False,
            )

    def _explain(self, error: FailedStartError) -> str:
        """Return what was found and what to do, from the words of Docker's client."""
        words = " ".join(error.words.split())[-500:]
        remedy = next(
            (text for sign, text in _REMEDIES if sign in words.lower()),
            "Run `docker run --rm {image} python3 -V` to see whether containers start at all.",
        ).format(image=self._image, runtime=self._runtime)
        return (
            f"The sandbox `docker` cannot start a session in {self._image!r}: {error} "
            f"(exit status {error.status}: {words or 'it said nothing'}). {remedy}"
        )

    def _describe(self) -> dict[str, object]:
        return {
            "backend": "docker",
            "confined": True,
            "image": self._image,
            "runtime": self._runtime or "the daemon's own",
            "network": "none",
            "capabilities": "none",
            "user": _USER,
            "read_only": True,
        }


def _read_only(folder: str) -> str:
    """Return the mount of the data folder: fields of CSV, so that a path may hold a comma."""
    line = io.StringIO()
    fields = ["type=bind", f"source={folder}", f"target={_DATA}", "readonly"]
    csv.writer(line, lineterminator="").writerow(fields)
    return line.getvalue()


def _sources() -> dict[str, str]:
    """Return this package's source files, which the container's Python is given to run."""
    package = Path(__file__).resolve().parents[1]
    return {
        str(path.relative_to(package.parent)): path.read_text(encoding="utf-8")
        for path in package.rglob("*.py")
    }
