"""The host's end of a supervisor: a program that speaks in frames over its stdin and stdout."""

import os
import secrets
import select
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence

from r1agent_tools.sandbox.capture import clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame, FrameReader, encode_frame
from r1agent_tools.sandbox.self_test import ALLOWED, REFUSED
from r1agent_tools.sandbox.wire import parse_reply
from r1agent_tools.sandbox.wired import ChannelClosedError

BOOT = """\
import json, os, sys
def take(size):
    data = b""
    while len(data) < size:
        piece = os.read(0, size - len(data))
        if not piece:
            sys.exit("the host hung up before it said what to start")
        data += piece
    return data
if sys.version_info < (3, 11):
    sys.exit("found Python %d.%d, wanted 3.11 or newer" % sys.version_info[:2])
start = json.loads(take(int.from_bytes(take(4), "big")))
package = os.path.abspath(start["package"])
for path, text in start["sources"].items():
    path = os.path.join(package, path)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
sys.path += start["libraries"]
sys.path.insert(0, package)
from r1agent_tools.sandbox.supervisor import supervise
sys.path.pop(0)
supervise(start)
"""
"""What the far end's Python is given with `-c`: it takes the sources and supervises a session."""

_EXPECTED = {
    "open an internet socket": REFUSED,
    "open a unix socket": REFUSED,
    "start a process": REFUSED,
    "run a program": REFUSED,
    "signal another process": REFUSED,
    "write in its own folder": ALLOWED,
}
"""What the filter of system calls alone must refuse; files are the container's affair."""
_KEPT_WORDS = 4000
_POLL_SECONDS = 0.05
_GOODBYE_SECONDS = 2.0


class FailedStartError(Exception):
    """The command did not come to supervise a session."""

    def __init__(self, reason: str, words: str, status: int) -> None:
        """Keep the reason, what the command wrote to stderr, and its exit status."""
        super().__init__(reason)
        self.words = words
        self.status = status


class PipeChannel:
    """A supervisor that was started with a command; it ends when its stdin closes."""

    def __init__(
        self,
        command: Sequence[str],
        start: Frame,
        *,
        seconds: float,
        most_bytes: int,
        environment: Mapping[str, str] | None = None,
        kill: Callable[[], None] | None = None,
    ) -> None:
        """Start the command and wait until its session is ready and has tested itself.

        Args:
            command: Program and arguments; no shell reads them.
            start: What `BOOT` is told.
            seconds: How long the start may take.
            most_bytes: How large a reply may be.
            environment: Of the command; None for this process's own.
            kill: Ends what the command started, where ending the command does not.

        Raises:
            FileNotFoundError: The command is not there.
            FailedStartError: It ended, or said something else than that it is ready.
        """
        self._most_bytes = most_bytes
        self._kill = kill
        self._words = bytearray()
        self._reader = FrameReader()
        self._sound = True
        self._process = subprocess.Popen(  # noqa: S603 - an argument list, no shell
            command,
            env=environment,
            cwd="/",
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            bufsize=0,
            start_new_session=True,  # Ctrl-C is this process's to handle
        )
        self._stdin, self._stdout, self._stderr = _unblock(self._process)
        try:
            self.isolation = _check_ready(self._exchange(encode_frame(start), seconds))
        except (ChannelClosedError, SandboxProtocolError) as error:
            self._sound = False
            self.close()
            words = self._words.decode("utf-8", errors="replace").strip()
            raise FailedStartError(str(error), words, self._process.returncode) from error
        except BaseException:
            self._sound = False
            self.close()
            raise

    def ask(self, request: Frame, *, seconds: float) -> Frame:
        """Send a request and return the reply, which must carry the request's number."""
        number = secrets.token_hex(8)
        data = encode_frame({**request, "id": number})
        self._sound = False  # until the reply is whole
        reply = self._exchange(data, seconds)
        if reply.get("id") != number:
            raise SandboxProtocolError("a reply to another question arrived")
        self._sound = True
        return reply

    def close(self) -> None:
        """Hang up and wait for the end; kill at once what broke off in the middle."""
        if self._process.stdin is None or self._process.stdin.closed:
            return
        self._process.stdin.close()
        if not self._ends_within(_GOODBYE_SECONDS if self._sound else 0.0):
            self._process.kill()
            if self._kill is not None:
                self._kill()
        self._process.wait()
        self._take_words()
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()

    def _exchange(self, data: bytes, seconds: float) -> Frame:
        """Write all of `data`, and return the reply when its last piece is there."""
        deadline = time.monotonic() + seconds
        text: list[str] = []
        size = 0
        while True:
            match self._next_frame(data, deadline):
                case {"piece": str(piece), "last": bool(last)}:
                    data = b""
                    text.append(piece)
                    size += len(piece) + 1
                case _:
                    raise SandboxProtocolError("a frame is no piece of a reply")
            if size > self._most_bytes:
                raise SandboxProtocolError(f"a reply is longer than {self._most_bytes} characters")
            if last:
                return parse_reply("".join(text))

    def _next_frame(self, data: bytes, deadline: float) -> Frame:
        while time.monotonic() < deadline:
            poller = select.poll()
            poller.register(self._stdout, select.POLLIN)
            if self._stderr is not None:
                poller.register(self._stderr, select.POLLIN)
            if data:
                poller.register(self._stdin, select.POLLOUT)
            for fd, _ in poller.poll(_POLL_SECONDS * 1000):
                if fd == self._stdin:
                    data = data[_write(fd, data) :]
                elif fd == self._stderr:
                    self._take_words()
                elif (frame := self._read()) is not None:
                    return frame
        raise ChannelClosedError("TimeoutError: no reply in time", limit_hit="wall_seconds")

    def _read(self) -> Frame | None:
        chunk = os.read(self._stdout, min(self._reader.wanted_bytes, 65536))
        if not chunk:
            raise ChannelClosedError("the sandbox's process ended")
        return self._reader.feed(chunk)

    def _take_words(self) -> None:
        """Keep the first of what the command writes to stderr, and read the rest away."""
        while self._stderr is not None:
            try:
                chunk = os.read(self._stderr, 65536)
            except BlockingIOError:
                return
            if not chunk:
                self._stderr = None
            self._words += chunk[: _KEPT_WORDS - len(self._words)]

    def _ends_within(self, seconds: float) -> bool:
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True


def _unblock(process: subprocess.Popen[bytes]) -> tuple[int, int, int | None]:
    """Return the numbers of the three pipes, none of which will make this process wait."""
    pipes = (process.stdin, process.stdout, process.stderr)
    fds = [pipe.fileno() for pipe in pipes if pipe is not None]
    for fd in fds:
        os.set_blocking(fd, False)
    return fds[0], fds[1], fds[2]


def _write(fd: int, data: bytes) -> int:
    try:
        return os.write(fd, data)
    except BrokenPipeError as error:
        raise ChannelClosedError("the sandbox's process ended") from error


def _check_ready(reply: Frame) -> dict[str, object]:
    """Return what the session's start showed, before its first program.

    Raises:
        ChannelClosedError: It could not be confined, or an attempt had a wrong outcome.
    """
    match reply:
        case {"ready": dict(active), "attempts": dict(found)}:
            wrong = [name for name, outcome in _EXPECTED.items() if found.get(name) != outcome]
            if wrong:
                raise ChannelClosedError(f"its self-test had a wrong outcome for {wrong}")
            refused = sum(outcome == REFUSED for outcome in _EXPECTED.values())
            return {**active, "self_test": f"{refused} refusals witnessed"}
        case {"refused": str(reason)}:
            raise ChannelClosedError(clean_text(reason, 500))
    raise SandboxProtocolError("it did not say that it is ready")
