"""The host's end of one session: one confined worker, its folder, and what comes out of it."""

import os
import signal
import time
from dataclasses import asdict, dataclass
from typing import Any

from r1agent_tools.sandbox.artifacts import ArtifactReader, Harvest
from r1agent_tools.sandbox.capture import cut_text
from r1agent_tools.sandbox.conversation import Conversation, Pipes, WorkerGoneError, close_all
from r1agent_tools.sandbox.errors import SandboxProtocolError, SandboxUnavailableError
from r1agent_tools.sandbox.folder_walk import FolderUse
from r1agent_tools.sandbox.frames import MAXIMUM_BYTES, Frame
from r1agent_tools.sandbox.launch import Zygote, signal_worker
from r1agent_tools.sandbox.limits import KernelLimits, Limits
from r1agent_tools.sandbox.protocol import AnswerCall
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.sandbox.watch import Watch
from r1agent_tools.sandbox.work_folder import (
    create_work_folder,
    open_work_folder,
    remove_work_folder,
)

_START_SECONDS = 30.0
_EXCEPTION_CHARACTERS = 2000


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
        self._path = create_work_folder(user=settings.user, parent=zygote.folder)
        self._folder = open_work_folder(self._path)
        self._pipes, theirs = Pipes.make()
        self._released = self.alive = False
        try:
            self._process_id = zygote.open_worker(_describe(settings, self._path), theirs)
            self.alive = True
        finally:
            close_all(theirs)
            if not self.alive:
                self._release()
        self._watch = Watch(self._process_id, self._folder, self._limits)
        self._reader = ArtifactReader(self._folder, self._limits)
        self._use = FolderUse()
        self.isolation = self._await_ready()

    def run(self, code: str) -> ExecutionResult:
        """Run a cell and return what became of it."""
        talk = self._converse({"op": "run", "code": code}, seconds=self._limits.wall_seconds)
        harvest = None if self._released else self._collect(talk)
        answer = talk.answer or {}
        value, exception = answer.get("value"), answer.get("exception", talk.ended)
        if talk.limit_hit == "wall_seconds":
            exception = f"TimeoutError: ended after {self._limits.wall_seconds:g} seconds"
        return ExecutionResult(
            stdout=talk.stdout.text(),
            stderr=talk.stderr.text(),
            value=None if value is None else cut_text(value, _characters(self._limits)),
            exception=None if exception is None else cut_text(exception, _EXCEPTION_CHARACTERS),
            seconds=talk.seconds,
            limit_hit=talk.limit_hit or _limit_behind(exception, harvest),
            session_ended=not self.alive,
            artifacts=harvest.artifacts if harvest else (),
            artifacts_left_out=harvest.left_out if harvest else (),
            memory_mb=self._watch.peak_mb,
            isolation=dict(self.isolation),
        )

    def exchange(self, request: Frame, *, answer_call: AnswerCall | None = None) -> Frame | None:
        """Send one request of the judge's; None when the process ended or ran too long."""
        seconds = self._limits.wall_seconds
        talk = self._converse(request, seconds=seconds, answer_call=answer_call)
        self._release_if_ended()
        return None if talk.limit_hit else talk.answer

    def self_test(self, canary: str) -> dict[str, Any]:
        """Let the worker try what it must not be able to do; return what became of it."""
        request = {"op": "self_test", "canary": canary}
        talk = self._converse(request, seconds=self._limits.wall_seconds)
        self._release_if_ended()
        if talk.answer is None:
            raise SandboxUnavailableError(
                f"The sandbox's self-test did not finish: {talk.ended}. {talk.stderr.text()}"
            )
        return dict(talk.answer["attempts"])

    def close(self) -> None:
        """End the process and remove its folder; harmless when done already."""
        self._kill()
        self._release()

    def _await_ready(self) -> dict[str, object]:
        talk = self._converse(None, seconds=_START_SECONDS)
        ready = (talk.answer or {}).get("ready")
        if isinstance(ready, dict):
            return ready
        reason = (talk.answer or {}).get("refused") or talk.ended
        self.close()
        raise SandboxUnavailableError(
            f"A sandboxed process could not be confined: {reason}. Run `r1agent doctor` to see "
            "which layer is missing."
        )

    def _converse(
        self, request: Frame | None, *, seconds: float, answer_call: AnswerCall | None = None
    ) -> Conversation:
        """Send a request, wait for its answer, and stop the process until the next one.

        Every way out leaves a reason. The folder of a process that ended is still there.
        """
        talk = Conversation(
            self._pipes, self._process_id, characters=self._limits.output_characters
        )
        if not self.alive:
            talk.ended = "the session has ended"
            return talk
        self._watch.start_call(self._use)
        started = time.monotonic()
        signal_worker(self._process_id, signal.SIGCONT)
        try:
            talk.hold(request, self._watch, seconds=seconds, answer_call=answer_call)
            signal_worker(self._process_id, signal.SIGSTOP)
            self._end_over_limit(talk, self._watch.process_limit())
        except SandboxProtocolError as error:
            self._kill()
            talk.answer, talk.ended = None, f"the session was ended: {error}"
        except WorkerGoneError:
            self._bury(talk)
        except BaseException:  # Ctrl-C on the host: the conversation cannot be taken up again
            self.close()
            raise
        talk.seconds = time.monotonic() - started
        return talk

    def _collect(self, talk: Conversation) -> Harvest:
        """Read what the call left in the folder; end the session where that is too much."""
        try:
            harvest = self._reader.collect()
            self._use = harvest.use
            self._end_over_limit(talk, harvest.use.exceeded(self._limits))
        finally:
            self._release_if_ended()
        return harvest

    def _end_over_limit(self, talk: Conversation, limit: str | None) -> None:
        if limit is None or not self.alive:
            return
        self._kill()
        talk.answer, talk.limit_hit = None, talk.limit_hit or limit
        talk.ended = _explain(0, talk.limit_hit)

    def _bury(self, talk: Conversation) -> None:
        """Take the last words and the exit status of a process that ended or must end now."""
        talk.take_output()
        self._watch.process_limit()  # for its peak of memory, which goes with it
        exhausted = self._watch.cpu_exhausted()
        status = self._kill()
        if status == -signal.SIGXCPU or (status == -signal.SIGKILL and exhausted):
            talk.limit_hit = talk.limit_hit or "cpu_seconds"
        talk.ended = _explain(status, talk.limit_hit)

    def _kill(self) -> int:
        """Kill the process and return its exit status."""
        if not self.alive:
            return 0
        self.alive = False
        return self._zygote.end_worker(self._process_id)

    def _release_if_ended(self) -> None:
        if not self.alive:
            self._release()

    def _release(self) -> None:
        """Close our descriptors and remove the folder, when no worker is there."""
        if self._released:
            return
        self._released = True
        self._pipes.close()
        os.close(self._folder)
        remove_work_folder(self._path)


def _describe(settings: WorkerSettings, folder: str) -> dict[str, Any]:
    return {
        "folder": folder,
        "readable": settings.readable,
        "user": settings.user,
        "confined": settings.confined,
        "characters": _characters(settings.limits) + 1,  # one more says that there was more
        "limits": asdict(KernelLimits.of(settings.limits)),
    }


def _characters(limits: Limits) -> int:
    """Return how much of a value is kept: JSON writes a character in up to twelve bytes."""
    return min(limits.output_characters, MAXIMUM_BYTES // 16)


def _limit_behind(exception: object, harvest: Harvest | None) -> str | None:
    """Name the limit that an exception inside the program, or what was left out, stands for."""
    kind, _, message = str(exception).partition(": ")
    if kind.endswith("MemoryError") or message.startswith("[Errno 12]"):
        return "memory_mb"
    if message.startswith("[Errno 27]") or (exception and harvest and harvest.full_file):
        return "file_mb"
    if message.startswith("can't start new thread"):
        return "threads"
    return "artifacts_mb" if harvest and harvest.over_size else None


def _explain(status: int, limit_hit: str | None) -> str:
    if limit_hit:
        return f"the program was ended by the limit `{limit_hit}`"
    if status < 0:
        return f"the program crashed with {signal.Signals(-status).name}"
    return f"the program ended the interpreter with status {status}"
