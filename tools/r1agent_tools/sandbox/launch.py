"""The host's end of the zygote: start it, ask it for workers, take their exit status."""

import json
import os
import signal
import socket
import struct
import subprocess
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from r1agent_tools.sandbox.bubblewrap import Bubblewrap
from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.readable import import_paths, interpreter
from r1agent_tools.sandbox.work_folder import remove_work_folder

_ANSWER_SECONDS = 60.0
_CREDENTIALS = struct.Struct("=3i")
_BOOT = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path += start['libraries']; "
    "sys.path.insert(0, start['package']); from r1agent_tools.sandbox.zygote import serve; "
    "sys.path.pop(0); serve(**start['serve'])"
)
ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": ".",
    "TMPDIR": ".",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": ".matplotlib",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}
"""All that a worker inherits; one thread for every numeric library, since Landlock binds only the
thread that asks for it."""


@dataclass(frozen=True, slots=True)
class ZygoteSettings:
    """How a sandbox wants its helper process."""

    preload: list[str] = field(default_factory=list)
    visible: list[str] = field(default_factory=list)
    """What it sees of the host where it has namespaces."""
    environment: dict[str, str] = field(default_factory=dict)
    """What its workers find in the environment besides the usual."""
    bubblewrap: Bubblewrap | None = None
    """None for a process without namespaces."""
    switches_user: bool = False


class Zygote:
    """One trusted helper process; it ends, with all its workers, when this object's pipe closes."""

    folder: str | None = None
    """Holds the folders of all its workers; None for the system's temporary folder."""

    def __init__(self, settings: ZygoteSettings) -> None:
        """Start the process and wait until it answers.

        Raises:
            SandboxUnavailableError: It did not start; the message has its last words.
        """
        self.folder = folder = _create_shared_folder()
        self.namespaces = "none" if settings.bubblewrap is None else settings.bubblewrap.names
        """The namespaces it lives in, such as "mount, pid, net"."""
        self._workers: dict[int, int] = {}
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        ours.settimeout(_ANSWER_SECONDS)
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._channel = ours
        self._lock = threading.Lock()
        try:
            with theirs:
                self._process = _start_interpreter(theirs.fileno(), folder, settings)
        except OSError:
            remove_work_folder(folder)
            raise
        self._receive()

    @property
    def process_id(self) -> int:
        """The process to look for; it is there as long as the zygote is."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still answers."""
        return self._process.poll() is None

    def open_worker(self, request: dict[str, Any], fds: list[int]) -> int:
        """Fork a worker with these four descriptors and return its process id on this host."""
        answer, worker = self._ask({**request, "op": "open"}, fds)
        self._workers[worker] = int(answer["process"])
        return worker

    def end_worker(self, process_id: int) -> int:
        """Kill a worker and return its exit status, negative for a signal."""
        named_inside = self._workers.pop(process_id)
        if not self.alive:  # then its workers end with it
            self._channel.close()  # should bubblewrap alone have been killed
            return -signal.SIGKILL
        answer, _ = self._ask({"op": "end", "process": named_inside}, [])
        return int(answer["status"])

    def close(self) -> None:
        """End the process and every worker."""
        self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()
        if self.folder is not None:
            remove_work_folder(self.folder)

    def _ask(self, request: dict[str, Any], fds: list[int]) -> tuple[dict[str, Any], int]:
        with self._lock:
            socket.send_fds(self._channel, [json.dumps(request).encode()], fds)
            return self._receive()

    def _receive(self) -> tuple[dict[str, Any], int]:
        """Return an answer and the process that sent it.

        In a namespace a process knows another number of its own than the host does. The kernel
        translates it: it adds the sender's process id, as the receiver sees it, to each message.
        """
        try:
            data, extra, _, _ = self._channel.recvmsg(4096, socket.CMSG_SPACE(_CREDENTIALS.size))
        except TimeoutError:
            data, extra = b"", []
        if not data:
            self._refuse()
        sender, _, _ = _CREDENTIALS.unpack(extra[0][2])
        return dict(json.loads(data)), sender

    def _refuse(self) -> NoReturn:
        self._kill()
        last_words = self._process.stderr.read().strip() if self._process.stderr else b""
        self.close()
        raise SandboxUnavailableError(
            "The sandbox's helper process ended: "
            f"{last_words.decode(errors='replace')[-500:] or 'it said nothing'!r}. "
            "Check that this Python starts with `-I`, and that memory and process limits allow it."
        )

    def _kill(self) -> None:
        """Kill the process and, around it, bubblewrap: they are one process group."""
        if self.alive:
            os.killpg(self._process.pid, signal.SIGKILL)


def _create_shared_folder() -> str:
    """Return a new folder for work folders; other user ids may pass through but not list it."""
    folder = os.path.realpath(tempfile.mkdtemp(prefix="r1agent-"))
    os.chmod(folder, 0o711)  # noqa: PTH101, S103 - each worker has a user id of its own
    return folder


def _start_interpreter(
    channel: int, folder: str, settings: ZygoteSettings
) -> subprocess.Popen[bytes]:
    """Start an isolated interpreter that inherits two descriptors and no environment."""
    holder = os.open(os.path.dirname(folder), os.O_PATH | os.O_DIRECTORY)  # noqa: PTH120
    start = {
        "libraries": import_paths(),
        "package": str(Path(__file__).resolve().parents[2]),
        "serve": {
            "channel_fd": channel,
            "preload": settings.preload,
            "folder": folder,
            "holder_fd": holder,
        },
    }
    flags = ["-I", "-S", "-B", "-X", "utf8"]
    command = [interpreter(), *flags, "-c", _BOOT, json.dumps(start)]
    if settings.bubblewrap is not None:
        command = settings.bubblewrap.wrap(
            command,
            visible=settings.visible,
            writable=folder,
            switches_user=settings.switches_user,
        )
    try:
        return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
            command,
            env={**ENVIRONMENT, **settings.environment},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            pass_fds=(channel, holder),
            start_new_session=True,
        )
    finally:
        os.close(holder)


def signal_worker(process_id: int, number: signal.Signals) -> None:
    """Send a signal to a worker whose exit status has not been taken, so that its id is its own."""
    with suppress(ProcessLookupError):
        os.kill(process_id, number)
