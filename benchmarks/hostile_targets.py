"""What a hostile program is given to reach: a home with secrets, listeners, another process."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from typing import ClassVar

HOME = Path("/home/r1bench")
SOCKETS = Path("/run/listeners")
VICTIM = "import time\nwhile True: time.sleep(1)"


class Targets:
    """Set them up as `user`, name them for the program, and tell which were reached."""

    victim_id: ClassVar[int] = 0

    def __init__(self, user: int, canaries: dict[str, str]) -> None:
        """Make the home folder, open the listeners, start the victim."""
        self._user = user
        self._make_home(canaries["file"])
        SOCKETS.mkdir(mode=0o755)
        self._listeners = {
            "tcp": _listen(socket.AF_INET, socket.SOCK_STREAM, ("127.0.0.1", 0)),
            "udp": _listen(socket.AF_INET, socket.SOCK_DGRAM, ("127.0.0.1", 0)),
            "usock": _listen(socket.AF_UNIX, socket.SOCK_STREAM, str(SOCKETS / "stream")),
            "udgram": _listen(socket.AF_UNIX, socket.SOCK_DGRAM, str(SOCKETS / "datagram")),
            "abstract": _listen(socket.AF_UNIX, socket.SOCK_STREAM, f"\0{secrets.token_hex(8)}"),
            "abstract_dgram": _listen(
                socket.AF_UNIX, socket.SOCK_DGRAM, f"\0{secrets.token_hex(8)}"
            ),
        }
        for path in SOCKETS.iterdir():
            path.chmod(0o777)
        self.victim = self._start_victim(canaries)
        Targets.victim_id = self.victim.pid

    def named(self) -> dict[str, object]:
        """Return `T`, but for what only the host knows."""
        names: dict[str, object] = {
            "home": str(HOME),
            "secret_file": str(HOME / ".ssh" / "id_canary"),
            "victim_file": str(HOME / "victim.txt"),
            "writable_lib": str(HOME / "venvlib"),
            "victim_pid": self.victim.pid,
        }
        for name, listener in self._listeners.items():
            address = listener.getsockname()
            if listener.family == socket.AF_INET:
                names[name] = address[1]
            elif isinstance(address, bytes):
                names[name] = address.lstrip(b"\0").decode()
            else:
                names[name] = address
        return names

    def reached(self) -> list[str]:
        """Return which listeners something came to."""
        return [f"reached {name}" for name, one in self._listeners.items() if _came(one)]

    def state(self) -> dict[str, object]:
        """Return how the victim stands."""
        pid = self.victim.pid
        if self.victim.poll() is not None:
            return {"alive": False}
        return {
            "alive": True,
            "priority": os.getpriority(os.PRIO_PROCESS, pid),
            "processors": sorted(os.sched_getaffinity(pid)),
            "policy": os.sched_getscheduler(pid),
            "limits": Path(f"/proc/{pid}/limits").read_text(encoding="ascii").split(),
        }

    def changed_since(self, before: dict[str, object]) -> list[str]:
        """Return what of the victim is not as it was."""
        now = self.state()
        if not now["alive"]:
            return ["died"]
        return [f"has another {key}" for key in before if before[key] != now[key]]

    def _make_home(self, canary: str) -> None:
        for folder in (HOME, HOME / ".ssh", HOME / "venvlib"):
            folder.mkdir()
            os.chown(folder, self._user, self._user)
        for name in (".ssh/id_canary", "secret.txt", "victim.txt"):
            self._write(HOME / name, canary, mode=0o600)
        self._write(HOME / "venvlib" / "victim_lib.py", "value = 1\n", mode=0o644)

    def _write(self, path: Path, text: str, *, mode: int) -> None:
        path.write_text(text, encoding="utf-8")
        path.chmod(mode)
        os.chown(path, self._user, self._user)

    def _start_victim(self, canaries: dict[str, str]) -> subprocess.Popen[bytes]:
        return subprocess.Popen(  # noqa: S603 - our own interpreter
            [sys.executable, "-I", "-c", VICTIM, canaries["command line"]],
            env={"OPENAI_API_KEY": canaries["environment"]},
            cwd=HOME,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            user=self._user,
            group=self._user,
            extra_groups=[],
        )


def _listen(family: int, kind: int, address: tuple[str, int] | str) -> socket.socket:
    listener = socket.socket(family, kind)
    listener.bind(address)
    if kind == socket.SOCK_STREAM:
        listener.listen(16)
    listener.setblocking(False)
    return listener


def _came(listener: socket.socket) -> bool:
    """Tell whether a connection or a datagram waits; no listener needs a thread for that."""
    try:
        if listener.type == socket.SOCK_STREAM:
            listener.accept()[0].close()
        else:
            listener.recv(1024)
    except BlockingIOError:
        return False
    return True
