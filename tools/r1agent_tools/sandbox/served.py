"""The sessions that a service keeps for its clients, and the conversations in them."""

from __future__ import annotations

import queue
import secrets
import threading
import time

from r1agent_tools.sandbox.errors import SandboxProtocolError
from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.protocol import Sandbox, Session
from r1agent_tools.sandbox.wire import encode_result

_LONGEST_SILENCE = 60.0
_MOST_SESSIONS = 64
_IDLE_SECONDS = 900.0


class ServedSessions:
    """The sessions that are open, by their secret names."""

    def __init__(self, sandbox: Sandbox) -> None:
        """Start with no session."""
        self._sandbox = sandbox
        self._lock = threading.Lock()
        self._open: dict[str, ServedSession] = {}

    def start(self) -> Frame:
        """Open a session; first end those that nobody has used for long."""
        self._sweep()
        if len(self._open) >= _MOST_SESSIONS:
            raise RefusedError(429, f"{_MOST_SESSIONS} sessions are open. End one first.")
        session = self._sandbox.new_session()
        name = secrets.token_urlsafe(24)
        with self._lock:
            self._open[name] = ServedSession(session)
        return {"session": name, "isolation": dict(self._sandbox.isolation)}

    def find(self, name: str) -> ServedSession:
        """Return the session of this name."""
        session = self._open.get(name)
        if session is None:
            raise RefusedError(404, "There is no such session. It may have ended; start another.")
        return session

    def end(self, name: str) -> None:
        """End a session; harmless where there is none."""
        with self._lock:
            session = self._open.pop(name, None)
        if session is not None:
            session.close()

    def close(self) -> None:
        """End all sessions."""
        for name in list(self._open):
            self.end(name)

    def _sweep(self) -> None:
        oldest = time.monotonic() - _IDLE_SECONDS
        for name, session in list(self._open.items()):
            if session.used < oldest:
                self.end(name)


class ServedSession:
    """One session, and the conversation that may be under way in it."""

    def __init__(self, session: Session) -> None:
        """Take over a session that is ready."""
        self.used = time.monotonic()
        self._session = session
        self._lock = threading.Lock()
        self._to_client: queue.Queue[Frame] = queue.Queue()
        self._from_client: queue.Queue[Frame | None] = queue.Queue()
        self._talk: threading.Thread | None = None

    def serve(self, part: str, body: Frame) -> Frame:
        """Answer one request; only one at a time."""
        if not self._lock.acquire(blocking=False):
            raise RefusedError(409, "The session is busy. Wait for its reply.")
        try:
            self.used = time.monotonic()
            if part == "run":
                return self._run(body)
            return self._exchange(body)
        finally:
            self.used = time.monotonic()
            self._lock.release()

    def close(self) -> None:
        """Break off a conversation, and end the session when nothing runs in it."""
        self._from_client.put(None)
        with self._lock:
            if self._talk is not None:
                self._talk.join()
            self._session.close()

    def _run(self, body: Frame) -> Frame:
        match body:
            case {"code": str(code)} if self._talk is None:
                return {"result": encode_result(self._session.run(code))}
        raise RefusedError(400, "Found no `code`, or an exchange is under way.")

    def _exchange(self, body: Frame) -> Frame:
        match body:
            case {"request": dict(request), "may_ask": bool(may_ask)} if self._talk is None:
                self._talk = threading.Thread(target=self._converse, args=(request, may_ask))
                self._talk.start()
            case {"reply": dict(reply)} if self._talk is not None:
                self._from_client.put(reply)
            case _:
                raise RefusedError(400, "Found no `request` or `reply` that fits in here.")
        message = self._to_client.get()
        if "ask" not in message:
            self._talk.join()
            self._talk = None
        return message

    def _converse(self, request: Frame, may_ask: bool) -> None:
        answer: Frame | None = None
        try:
            answer = self._session.exchange(request, answer_call=self._ask if may_ask else None)
        finally:
            self._to_client.put({"answer": answer})

    def _ask(self, question: Frame) -> Frame:
        self._to_client.put({"ask": question})
        try:
            reply = self._from_client.get(timeout=_LONGEST_SILENCE)
        except queue.Empty:
            reply = None
        if reply is None:
            raise SandboxProtocolError("the client gave no reply")
        return reply


class RefusedError(Exception):
    """A request that is answered with an error."""

    def __init__(self, status: int, reason: str) -> None:
        """Keep HTTP's status and what the client is told."""
        super().__init__(reason)
        self.status = status
