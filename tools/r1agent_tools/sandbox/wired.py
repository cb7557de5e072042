"""Sessions that run elsewhere, behind one channel each: in a container, or at a service."""

import threading
import time
import weakref
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Protocol, Self

from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.limits import Limits
from r1agent_tools.sandbox.protocol import AnswerCall
from r1agent_tools.sandbox.result import ExecutionResult
from r1agent_tools.sandbox.wire import read_result

_MARGIN_SECONDS = 3.0
"""Beyond the wall clock, which the far end keeps: for its grace, its artifacts and the way."""


class ChannelClosedError(Exception):
    """The far end is gone or too slow; the message says how."""

    def __init__(self, reason: str, *, limit_hit: str | None = None) -> None:
        """Keep the reason, and the limit that was hit where it was one."""
        super().__init__(reason)
        self.limit_hit = limit_hit


class Channel(Protocol):
    """One session's way to the far end: a request, then a reply."""

    @property
    def isolation(self) -> dict[str, object]:
        """What protects from the session's programs, as known before the first of them."""
        ...

    def ask(self, request: Frame, *, seconds: float) -> Frame:
        """Send a request and return the reply.

        Raises:
            ChannelClosedError: No reply will come, or none came within `seconds`.
            SandboxProtocolError: What came is no reply.
        """
        ...

    def close(self) -> None:
        """End the session at the far end; harmless when done already."""
        ...


class WiredSession:
    """One session at the far end of a channel; for one thread at a time."""

    def __init__(self, channel: Channel, limits: Limits) -> None:
        """Take over a channel whose session is ready."""
        self._channel = channel
        self._limits = limits
        self._hang_up = weakref.finalize(self, channel.close)  # also where it is just dropped
        self.isolation = channel.isolation

    @property
    def alive(self) -> bool:
        """Whether the session has not ended."""
        return self._hang_up.alive

    def run(self, code: str) -> ExecutionResult:
        """Run a cell and return what became of it."""
        started = time.monotonic()
        if not self.alive:
            return self._ended("the session has ended", None, started)
        try:
            reply = self._channel.ask(
                {"op": "run", "code": code}, seconds=self._limits.wall_seconds + _MARGIN_SECONDS
            )
            seconds = time.monotonic() - started
            result = read_result(
                reply, limits=self._limits, seconds=seconds, isolation=dict(self.isolation)
            )
        except ChannelClosedError as error:
            return self._ended(str(error), error.limit_hit, started)
        except SandboxProtocolError as error:
            return self._ended(f"the session was ended: {error}", None, started)
        except BaseException:  # Ctrl-C: the conversation cannot be taken up again
            self.close()
            raise
        if result.session_ended:
            self.close()
        return result

    def exchange(self, request: Frame, *, answer_call: AnswerCall | None = None) -> Frame | None:
        """Send one request of the judge's; None when the process ended or ran too long."""
        if not self.alive:
            return None
        try:
            return self._converse(request, answer_call)
        except (ChannelClosedError, SandboxProtocolError):
            self.close()
            return None
        except BaseException:  # whatever it is, the far end still waits for an answer
            self.close()
            raise

    def close(self) -> None:
        """End the session; harmless when done already."""
        self._hang_up()

    def _converse(self, request: Frame, answer_call: AnswerCall | None) -> Frame | None:
        """Answer the far end's questions until it has an answer itself, all in one deadline."""
        deadline = time.monotonic() + self._limits.wall_seconds + _MARGIN_SECONDS
        message: Frame = {"op": "exchange", "request": request, "may_ask": answer_call is not None}
        while (seconds := deadline - time.monotonic()) > 0:
            reply = self._channel.ask(message, seconds=seconds)
            match reply:
                case {"answer": None | dict() as answer}:
                    return answer
                case {"ask": dict() as question} if answer_call is not None:
                    message = {"op": "reply", "reply": answer_call(question)}
                case _:
                    raise SandboxProtocolError("a reply is neither an answer nor a question")
        raise ChannelClosedError("it asked until the time was up", limit_hit="wall_seconds")

    def _ended(self, reason: str, limit_hit: str | None, started: float) -> ExecutionResult:
        self.close()
        return ExecutionResult(
            exception=reason,
            seconds=time.monotonic() - started,
            limit_hit=limit_hit,
            session_ended=True,
            isolation=dict(self.isolation),
        )


class WiredSandbox(ABC):
    """What the sandboxes with wired sessions share: their own session, and their end.

    Nothing starts before the first use. Safe to use from several threads; cells of the sandbox's
    own session then run one after the other.
    """

    def __init__(self, limits: Limits | None) -> None:
        """Store the bounds of each session."""
        self._limits = limits or Limits()
        self._cell_lock = threading.Lock()
        self._session: WiredSession | None = None
        self._sessions: weakref.WeakSet[WiredSession] = weakref.WeakSet()
        self._isolation: dict[str, object] = {}

    @property
    def isolation(self) -> Mapping[str, object]:
        """The layers that are active, by name; starts a session where none has run yet."""
        with self._cell_lock:
            return dict(self._isolation or self._own_session().isolation)

    def run(self, code: str) -> ExecutionResult:
        """Run a cell; names of earlier cells are still there unless a session ended.

        Raises:
            SandboxUnavailableError: No session can be started; the message says what to do.
        """
        with self._cell_lock:
            return self._own_session().run(code)

    def new_session(self) -> WiredSession:
        """Start another session, which shares nothing with the others; close it after use.

        Raises:
            SandboxUnavailableError: It cannot be started; the message says what to do.
        """
        session = WiredSession(self._open_channel(), self._limits)
        self._isolation = session.isolation
        self._sessions.add(session)
        return session

    def close(self) -> None:
        """End all sessions; a later `run` starts afresh."""
        with self._cell_lock:
            for session in list(self._sessions):
                session.close()
            self._session = None

    def __enter__(self) -> Self:
        """Return the sandbox; it starts at the first run."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close the sandbox."""
        self.close()

    @abstractmethod
    def _open_channel(self) -> Channel:
        """Start a session at the far end, or raise SandboxUnavailableError."""

    def _own_session(self) -> WiredSession:
        if self._session is None or not self._session.alive:
            self._session = self.new_session()
        return self._session
