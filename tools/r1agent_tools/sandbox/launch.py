"""The host's end of the zygote: start it, ask it for workers, take their exit status."""

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any

from r1agent_tools.sandbox.errors import SandboxUnavailableError
from r1agent_tools.sandbox.readable import import_paths

_START_SECONDS = 60.0
_BOOT = (
    "import json, sys; start = json.loads(sys.argv[1]); sys.path += start['libraries']; "
    "sys.path.insert(0, start['package']); from r1agent_tools.sandbox.zygote import serve; "
    "sys.path.pop(0); serve(start['channel'], preload=start['preload'])"
)
# One thread for every numeric library: Landlock binds only the thread that asks for it.
_ENVIRONMENT = {
    "PATH": "/usr/bin:/bin",
    "LANG": "C.UTF-8",
    "HOME": ".",
    "TMPDIR": ".",
    "MPLBACKEND": "Agg",
    "MPLCONFIGDIR": ".",
    "OPENBLAS_NUM_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
}


class Zygote:
    """One trusted helper process; it ends, with all its workers, when this object's pipe closes."""

    def __init__(self, *, preload: list[str]) -> None:
        """Start the process and wait until it answers.

        Raises:
            SandboxUnavailableError: It did not start; the message has its last words.
        """
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._channel = ours
        self._lock = threading.Lock()
        with theirs:
            self._process = _start_interpreter(theirs.fileno(), preload)
        ours.settimeout(_START_SECONDS)
        try:
            answer = ours.recv(4096)
        except TimeoutError:
            answer = b""
        if not answer:
            self._refuse()
        ours.settimeout(None)

    @property
    def alive(self) -> bool:
        """Whether the process still answers."""
        return self._process.poll() is None

    def open_worker(self, request: dict[str, Any], fds: list[int]) -> int:
        """Fork a worker with these four descriptors and return its process id."""
        return int(self._ask({**request, "op": "open"}, fds)["process"])

    def end_worker(self, process_id: int) -> int:
        """Kill a worker and return its exit status, negative for a signal."""
        if not self.alive:  # the kernel ended its workers with it
            return -signal.SIGKILL
        return int(self._ask({"op": "end", "process": process_id}, [])["status"])

    def close(self) -> None:
        """End the process and every worker."""
        self._channel.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(10)
        self._process.kill()
        self._process.wait()
        if self._process.stderr is not None:
            self._process.stderr.close()

    def _ask(self, request: dict[str, Any], fds: list[int]) -> dict[str, Any]:
        with self._lock:
            socket.send_fds(self._channel, [json.dumps(request).encode()], fds)
            answer = self._channel.recv(4096)
        if not answer:
            self._refuse()
        return dict(json.loads(answer))

    def _refuse(self) -> None:
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGKILL)
        last_words = self._process.stderr.read().strip() if self._process.stderr else b""
        self.close()
        raise SandboxUnavailableError(
            "The sandbox's helper process ended: "
            f"{last_words.decode(errors='replace')[-500:] or 'it said nothing'!r}. "
            "Check that this Python starts with `-I`, and that memory and process limits allow it."
        )


def _start_interpreter(channel: int, preload: list[str]) -> subprocess.Popen[bytes]:
    """Start an isolated interpreter that inherits one descriptor and no environment."""
    start = {
        "channel": channel,
        "preload": preload,
        "libraries": import_paths(),
        "package": str(Path(__file__).resolve().parents[2]),
    }
    flags = ["-I", "-S", "-B", "-X", "utf8"]
    return subprocess.Popen(  # noqa: S603 - our own interpreter, no shell
        [sys.executable, *flags, "-c", _BOOT, json.dumps(start)],
        env=_ENVIRONMENT,
        cwd="/",
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        pass_fds=(channel,),
        start_new_session=True,
    )


def signal_worker(process_id: int, number: signal.Signals) -> None:
    """Send a signal to a worker whose exit status has not been taken, so that its id is its own."""
    with suppress(ProcessLookupError):
        os.kill(process_id, number)
