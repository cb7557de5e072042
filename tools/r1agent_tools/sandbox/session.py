"""The host's end of one session: talk to one confined worker, within its limits."""

import os
import secrets
import select
import signal
import time
from dataclasses import asdict, dataclass, field
from typing import Any

from r1agent_tools.sandbox.capture import Capture, clean_text
from r1agent_tools.sandbox.errors import SandboxProtocolError, SandboxUnavailableError
from r1agent_tools.sandbox.frames import Frame, FrameReader, encode_frame
from r1agent_tools.sandbox.launch import Zygote, signal_worker
from r1agent_tools.sandbox.limits import KernelLimits, Limits
from r1agent_tools.sandbox.protocol import AnswerCall
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.sandbox.watch import Watch
from r1agent_tools.sandbox.work_folder import create_work_folder, remove_work_folder

_GRACE_SECONDS = 0.5
_TICK_SECONDS = 0.02
_FLOOD_BYTES = 64 * 1024 * 1024
_START_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """How a sandbox wants its workers."""

    limits: Limits
    readable: list[str]
    user: int | None
    confined: bool


class LocalSession:
    """One confined process, stopped whenever it has nothing to do; for one thread at a time."""

    def __init__(self, zygote: Zygote, settings: WorkerSettings) -> None:
        """Start the worker and wait until it says that it is confined.

        Raises:
            SandboxUnavailableError: A layer could not be applied.
        """
        self._zygote = zygote
        self._limits = settings.limits
        self._folder = create_work_folder(user=settings.user)
        self._requests, self._results, self._stdout, self._stderr, theirs = _make_pipes()
        self.alive = False
        try:
            self._process_id = zygote.open_worker(_describe(settings, self._folder), theirs)
            self.alive = True
        finally:
            _close(theirs)
            if not self.alive:
                self._release()
        self.isolation = self._await_ready()
        self._pause()

    def run(self, code: str) -> ExecutionResult:
        """Run a cell and return what became of it."""
        outcome = self._converse({"op": "run", "code": code}, answer_call=None)
        answer = outcome.answer or {}
        value, exception = answer.get("value"), answer.get("exception", outcome.ended)
        if outcome.limit_hit == "wall_seconds":
            exception = f"TimeoutError: ended after {self._limits.wall_seconds:g} seconds"
        return ExecutionResult(
            stdout=outcome.stdout.text(),
            stderr=outcome.stderr.text(),
            value=None if value is None else clean_text(value, self._limits.output_characters),
            exception=None if exception is None else clean_text(exception, 2000),
            seconds=outcome.seconds,
            limit_hit=outcome.limit_hit or _limit_behind(exception),
            session_ended=not self.alive,
            isolation=dict(self.isolation),
        )

    def exchange(self, request: Frame, *, answer_call: AnswerCall | None = None) -> Frame | None:
        """Send one request of the judge's; None when the process ended or ran too long."""
        outcome = self._converse(request, answer_call=answer_call)
        return None if outcome.limit_hit else outcome.answer

    def self_test(self, canary: str) -> dict[str, Any]:
        """Let the worker try what it must not be able to do; return what became of it."""
        outcome = self._converse({"op": "self_test", "canary": canary}, answer_call=None)
        if outcome.answer is None:
            raise SandboxUnavailableError(
                f"The sandbox's self-test did not finish: {outcome.ended}. {outcome.stderr.text()}"
            )
        return dict(outcome.answer["attempts"])

    def close(self) -> None:
        """End the process and remove its folder; harmless when done already."""
        self._end()

    def _await_ready(self) -> dict[str, object]:
        outcome = _Outcome(self._limits.output_characters)
        self._listen(outcome, None, time.monotonic() + _START_SECONDS, None)
        ready = (outcome.answer or {}).get("ready")
        if isinstance(ready, dict):
            return ready
        reason = (outcome.answer or {}).get("refused") or outcome.ended
        self._end()
        raise SandboxUnavailableError(
            f"A sandboxed process could not be confined: {reason}. Run `r1agent doctor` to see "
            "which layer is missing."
        )

    def _converse(self, request: Frame, *, answer_call: AnswerCall | None) -> "_Outcome":
        """Send a request, wait for its answer, and stop the process until the next one."""
        outcome = _Outcome(self._limits.output_characters)
        if not self.alive:
            outcome.ended = "the session has ended"
            return outcome
        outcome.expected_id = secrets.token_hex(8)
        outcome.watch = Watch(self._process_id, self._folder, self._limits)
        started = time.monotonic()
        signal_worker(self._process_id, signal.SIGCONT)
        numbered = {**request, "id": outcome.expected_id}
        self._listen(outcome, numbered, started + self._limits.wall_seconds, answer_call)
        outcome.seconds = time.monotonic() - started
        if self.alive:
            self._pause()
        return outcome

    def _listen(
        self,
        outcome: "_Outcome",
        request: Frame | None,
        deadline: float,
        answer_call: AnswerCall | None,
    ) -> None:
        """Drive the conversation to its answer or its end; every way out leaves a reason."""
        try:
            data = b"" if request is None else encode_frame(request)
            while outcome.answer is None:
                deadline = self._enforce(outcome, deadline)
                data = self._step(outcome, data, answer_call)
            self._drain(outcome)
        except SandboxProtocolError as error:
            outcome.answer = None
            self._end()
            outcome.ended = f"the session was ended: {error}"
        except _WorkerGoneError:
            self._take_output(outcome)
            status = self._end()
            outcome.limit_hit = outcome.limit_hit or _limit_of(status)
            outcome.ended = _explain(status, outcome.limit_hit)
        except BaseException:  # Ctrl-C on the host: the conversation cannot be taken up again
            self._end()
            raise

    def _enforce(self, outcome: "_Outcome", deadline: float) -> float:
        """Interrupt at the deadline, kill after the grace; return the deadline to use next."""
        exceeded = outcome.watch.exceeded() if outcome.watch else None
        if max(outcome.stdout.total_bytes, outcome.stderr.total_bytes) > _FLOOD_BYTES:
            exceeded = "output_characters"
        if exceeded:
            outcome.limit_hit = exceeded
            raise _WorkerGoneError
        if time.monotonic() < deadline:
            return deadline
        if outcome.limit_hit:
            raise _WorkerGoneError
        outcome.limit_hit = "wall_seconds"
        signal_worker(self._process_id, signal.SIGINT)
        return time.monotonic() + _GRACE_SECONDS

    def _step(self, outcome: "_Outcome", data: bytes, answer_call: AnswerCall | None) -> bytes:
        """Move whatever can move now; return what is still to be sent."""
        poller = select.poll()
        for fd in outcome.open_fds(self._results, self._stdout, self._stderr):
            poller.register(fd, select.POLLIN)
        if data:
            poller.register(self._requests, select.POLLOUT)
        for fd, _ in poller.poll(_TICK_SECONDS * 1000):
            if fd == self._requests:
                data = data[_write(fd, data) :]
            elif fd == self._results:
                data += self._receive(outcome, answer_call)
            else:
                self._capture(outcome, fd)
        return data

    def _receive(self, outcome: "_Outcome", answer_call: AnswerCall | None) -> bytes:
        """Read a part of a message; return the reply to send when it was a question."""
        chunk = os.read(self._results, min(outcome.reader.wanted_bytes, 65536))
        if not chunk:
            raise _WorkerGoneError
        frame = outcome.reader.feed(chunk)
        if frame is None:
            return b""
        if answer_call is not None and "call" in frame:
            return encode_frame(answer_call(frame))
        if frame.get("id") != outcome.expected_id:
            raise SandboxProtocolError("an answer to another question arrived")
        outcome.answer = frame
        return b""

    def _capture(self, outcome: "_Outcome", fd: int) -> bool:
        """Take what one stream holds; return False when there was nothing more."""
        try:
            chunk = os.read(fd, 65536)
        except BlockingIOError:
            return False
        if not chunk:
            outcome.closed.add(fd)
            return False
        (outcome.stdout if fd == self._stdout else outcome.stderr).add(chunk)
        return True

    def _drain(self, outcome: "_Outcome") -> None:
        """Take what was printed before the answer; a second answer is a breach."""
        self._take_output(outcome)
        poller = select.poll()
        poller.register(self._results, select.POLLIN)
        if poller.poll(0) and "ready" not in (outcome.answer or {}):
            raise SandboxProtocolError("more than one answer arrived")

    def _take_output(self, outcome: "_Outcome") -> None:
        """Take what the streams hold now, and no more than their pipes can hold."""
        for fd in (self._stdout, self._stderr):
            for _ in range(32):
                if not self._capture(outcome, fd):
                    break

    def _pause(self) -> None:
        signal_worker(self._process_id, signal.SIGSTOP)

    def _end(self) -> int:
        """Kill the process, close its pipes, remove its folder; return its exit status."""
        if not self.alive:
            return 0
        self.alive = False
        status = self._zygote.end_worker(self._process_id)
        self._release()
        return status

    def _release(self) -> None:
        """Close our ends of the pipes and remove the folder, when no worker is there."""
        _close([self._requests, self._results, self._stdout, self._stderr])
        remove_work_folder(self._folder)


class _WorkerGoneError(Exception):
    """The worker ended, or has to be ended now."""


@dataclass(slots=True)
class _Outcome:
    """What one conversation has brought so far."""

    characters: int
    stdout: Capture = field(init=False)
    stderr: Capture = field(init=False)
    reader: FrameReader = field(default_factory=FrameReader)
    answer: Frame | None = None
    expected_id: str | None = None
    watch: Watch | None = None
    closed: set[int] = field(default_factory=set)
    ended: str | None = None
    limit_hit: str | None = None
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.stdout, self.stderr = Capture(self.characters), Capture(self.characters)

    def open_fds(self, *fds: int) -> list[int]:
        return [fd for fd in fds if fd not in self.closed]


def _make_pipes() -> tuple[int, int, int, int, list[int]]:
    """Return our four ends (requests, results, stdout, stderr) and the worker's four."""
    requests_read, requests_write = os.pipe()
    pairs = [os.pipe() for _ in range(3)]
    ours = [requests_write, *(read for read, _ in pairs)]
    for fd in ours:
        os.set_blocking(fd, False)
    theirs = [requests_read, *(write for _, write in pairs)]
    return ours[0], ours[1], ours[2], ours[3], theirs


def _close(fds: list[int]) -> None:
    for fd in fds:
        os.close(fd)


def _describe(settings: WorkerSettings, folder: str) -> dict[str, Any]:
    return {
        "folder": folder,
        "readable": settings.readable,
        "user": settings.user,
        "confined": settings.confined,
        "characters": settings.limits.output_characters,
        "limits": asdict(KernelLimits.of(settings.limits)),
    }


def _write(fd: int, data: bytes) -> int:
    try:
        return os.write(fd, data)
    except BrokenPipeError as error:
        raise _WorkerGoneError from error


def _limit_behind(exception: object) -> str | None:
    """Name the limit that an exception inside the program stands for."""
    text = str(exception)
    if text.startswith("MemoryError"):
        return "memory_mb"
    return "file_mb" if text.startswith("OSError: [Errno 27]") else None


def _limit_of(status: int) -> str | None:
    return "cpu_seconds" if status == -signal.SIGXCPU else None


def _explain(status: int, limit_hit: str | None) -> str:
    if limit_hit:
        return f"the program was ended by the limit `{limit_hit}`"
    if status < 0:
        return f"the program crashed with {signal.Signals(-status).name}"
    return f"the program ended the interpreter with status {status}"
