"""One request to a worker: send it, listen until it is answered, enforce what it may use."""

import os
import secrets
import select
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

from r1agent_tools.sandbox.capture import Capture
from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame, FrameReader, encode_frame
from r1agent_tools.sandbox.launch import signal_worker
from r1agent_tools.sandbox.protocol import AnswerCall
from r1agent_tools.sandbox.watch import TICK_SECONDS, Watch

_GRACE_SECONDS = 0.5
_FLOOD_BYTES = 64 * 1024 * 1024


class WorkerGoneError(Exception):
    """The worker ended, or has to be ended now."""


@dataclass(frozen=True, slots=True)
class Pipes:
    """The host's ends of a worker's four pipes."""

    requests: int
    results: int
    stdout: int
    stderr: int

    @classmethod
    def make(cls) -> tuple[Self, list[int]]:
        """Return new pipes, and the worker's four ends in the same order."""
        requests_read, requests_write = os.pipe()
        pairs = [os.pipe() for _ in range(3)]
        ours = [requests_write, *(read for read, _ in pairs)]
        for fd in ours:
            os.set_blocking(fd, False)
        return cls(*ours), [requests_read, *(write for _, write in pairs)]

    def close(self) -> None:
        """Close the four ends."""
        close_all((self.requests, self.results, self.stdout, self.stderr))


class Conversation:
    """What one request has brought so far: output, an answer, or the reason for none."""

    def __init__(self, pipes: Pipes, process_id: int, *, characters: int) -> None:
        """Keep up to `characters` of each stream."""
        self.stdout, self.stderr = Capture(characters), Capture(characters)
        self.answer: Frame | None = None
        self.limit_hit: str | None = None
        self.ended: str | None = None
        """Why the session ended, where it did."""
        self.seconds = 0.0
        self._pipes = pipes
        self._process_id = process_id
        self._reader = FrameReader()
        self._expected_id: str | None = None
        self._unsent = b""
        self._closed: set[int] = set()

    def hold(
        self,
        request: Frame | None,
        watch: Watch,
        *,
        seconds: float,
        answer_call: AnswerCall | None = None,
    ) -> None:
        """Send `request` and listen until its answer is there.

        Args:
            request: None to wait for the first message, which no request asks for.
            watch: Says which limit is exceeded.
            seconds: After these the worker is interrupted, and soon after given up.
            answer_call: Answers the questions that come before the answer.

        Raises:
            WorkerGoneError: No answer comes; `limit_hit` says why, unless the worker ended.
            SandboxProtocolError: The worker sent what is no answer.
        """
        if request is not None:
            self._expected_id = secrets.token_hex(8)
            self._unsent = encode_frame({**request, "id": self._expected_id})
        deadline = time.monotonic() + seconds
        while self.answer is None:
            deadline = self._enforce(watch, deadline)
            self._step(answer_call)
        self.take_output()
        if self._has_message():
            raise SandboxProtocolError("more than one answer arrived")

    def take_output(self) -> None:
        """Take what the streams hold now, and no more than their pipes can hold."""
        for fd in (self._pipes.stdout, self._pipes.stderr):
            for _ in range(32):
                if not self._capture(fd):
                    break

    def _enforce(self, watch: Watch, deadline: float) -> float:
        """Interrupt at the deadline, give up after the grace; return the deadline to use next."""
        exceeded = watch.exceeded()
        if max(self.stdout.total_bytes, self.stderr.total_bytes) > _FLOOD_BYTES:
            exceeded = "output_characters"
        if exceeded:
            self.limit_hit = exceeded
            raise WorkerGoneError
        if time.monotonic() < deadline:
            return deadline
        if self.limit_hit:
            raise WorkerGoneError
        self.limit_hit = "wall_seconds"
        signal_worker(self._process_id, signal.SIGINT)
        return time.monotonic() + _GRACE_SECONDS

    def _step(self, answer_call: AnswerCall | None) -> None:
        """Move whatever can move now."""
        poller = select.poll()
        for fd in (self._pipes.results, self._pipes.stdout, self._pipes.stderr):
            if fd not in self._closed:
                poller.register(fd, select.POLLIN)
        if self._unsent:
            poller.register(self._pipes.requests, select.POLLOUT)
        for fd, _ in poller.poll(TICK_SECONDS * 1000):
            if fd == self._pipes.requests:
                self._send()
            elif fd == self._pipes.results:
                self._receive(answer_call)
            else:
                self._capture(fd)

    def _send(self) -> None:
        try:
            self._unsent = self._unsent[os.write(self._pipes.requests, self._unsent) :]
        except BrokenPipeError as error:
            raise WorkerGoneError from error

    def _receive(self, answer_call: AnswerCall | None) -> None:
        """Read a part of a message; where it is a question, queue the reply."""
        chunk = os.read(self._pipes.results, min(self._reader.wanted_bytes, 65536))
        if not chunk:
            raise WorkerGoneError
        frame = self._reader.feed(chunk)
        if frame is None:
            return
        if answer_call is not None and "call" in frame:
            self._unsent += encode_frame(answer_call(frame))
            return
        if frame.get("id") != self._expected_id:
            raise SandboxProtocolError("an answer to another question arrived")
        self.answer = frame

    def _capture(self, fd: int) -> bool:
        """Take what one stream holds; return False when there was nothing more."""
        try:
            chunk = os.read(fd, 65536)
        except BlockingIOError:
            return False
        if not chunk:
            self._closed.add(fd)
            return False
        (self.stdout if fd == self._pipes.stdout else self.stderr).add(chunk)
        return True

    def _has_message(self) -> bool:
        poller = select.poll()
        poller.register(self._pipes.results, select.POLLIN)
        return any(event & select.POLLIN for _, event in poller.poll(0))


def close_all(fds: Iterable[int]) -> None:
    """Close descriptors."""
    for fd in fds:
        os.close(fd)
