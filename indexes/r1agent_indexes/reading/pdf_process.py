"""A persistent child process that parses PDFs under limits of time and memory."""

import json
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from r1agent_indexes.errors import UnreadablePaperError

Message = dict[str, Any]
_NEAR_LIMIT = 3
"""A child that had a third of its memory may have died asking for more: buffers double."""


@dataclass(frozen=True, slots=True)
class ReadLimits:
    """How much one PDF may cost before it is listed as unreadable."""

    seconds: float = 120.0
    memory_bytes: int = 4 << 30
    text_bytes: int = 64 << 20
    """Most that the child may send back for one file."""


class PdfProcess:
    """Parse PDFs in a child that is restarted after a crash, a hang and every so many files."""

    def __init__(
        self, limits: ReadLimits | None = None, *, files_before_restart: int = 200
    ) -> None:
        """Store the limits; the child starts with the first file."""
        self._limits = limits or ReadLimits()
        self._files_before_restart = files_before_restart
        self._child: subprocess.Popen[bytes] | None = None
        self._files = 0

    def messages(
        self,
        path: Path,
        *,
        kind: str = "pdf",
        marks: Sequence[Message] = (),
        on_wait: Callable[[], None] = lambda: None,
    ) -> Iterator[Message]:
        """Yield what the child says about one file; `on_wait` is called twice a second.

        Args:
            path: The file.
            kind: Which parser: "pdf", "html", "latex" or "xml"; "marked" writes into a PDF.
            marks: What is written, for "marked".
            on_wait: Called while the child works.

        Raises:
            UnreadablePaperError: The child crashed, hung, or outgrew its limits.
        """
        child = self._started()
        finished = False
        try:
            request = {"path": str(path.resolve()), "kind": kind}
            self._send(child, request | ({"marks": list(marks)} if marks else {}))
            for message in self._replies(child, on_wait):
                finished = message["kind"] in ("end", "error")
                yield message
        finally:
            if not finished:
                self.close()

    def _send(self, child: subprocess.Popen[bytes], request: Message) -> None:
        assert child.stdin is not None  # noqa: S101  (opened with a pipe)
        try:
            child.stdin.write(json.dumps(request).encode() + b"\n")
            child.stdin.flush()
        except BrokenPipeError as error:
            raise UnreadablePaperError(_crash(child, self._limits)) from error

    def _replies(
        self, child: subprocess.Popen[bytes], on_wait: Callable[[], None]
    ) -> Iterator[Message]:
        limits = self._limits
        deadline = time.monotonic() + limits.seconds
        received, pending = 0, bytearray()
        while True:
            block = _read_block(child, on_wait, deadline)
            if block is None:
                raise UnreadablePaperError(
                    f"took longer than {limits.seconds:g} seconds to parse and was given up"
                )
            received += len(block)
            if not block:
                raise UnreadablePaperError(_crash(child, limits))
            if received > limits.text_bytes:
                raise UnreadablePaperError(
                    f"holds more than the {_size(limits.text_bytes)} of text that a paper may have"
                )
            pending += block
            *lines, rest = pending.split(b"\n")
            pending = bytearray(rest)
            for line in lines:
                message = json.loads(line)
                yield message
                if message["kind"] in ("end", "error"):
                    return

    def _started(self) -> subprocess.Popen[bytes]:
        self._files += 1
        died = self._child is not None and self._child.poll() is not None
        if died or self._files % self._files_before_restart == 0:
            self.close()
        if self._child is None:
            worker = Path(__file__).with_name("pdf_worker.py")
            self._child = subprocess.Popen(  # noqa: S603  (fixed command, no shell)
                [sys.executable, "-I", "-B", str(worker), str(self._limits.memory_bytes)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._child

    def close(self) -> None:
        """End the child."""
        if self._child is None:
            return
        self._child.kill()
        for pipe in (self._child.stdin, self._child.stdout):
            with suppress(OSError):
                pipe and pipe.close()
        self._child.wait()
        self._child = None

    def __enter__(self) -> Self:
        """Return the process itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the child."""
        self.close()


def _read_block(
    child: subprocess.Popen[bytes], on_wait: Callable[[], None], deadline: float
) -> bytes | None:
    """Return what the child says next, b"" if it is gone, None if it is too late."""
    assert child.stdout is not None  # noqa: S101  (opened with a pipe)
    with selectors.DefaultSelector() as selector:
        selector.register(child.stdout, selectors.EVENT_READ)
        while not selector.select(timeout=min(0.5, max(0.0, deadline - time.monotonic()))):
            on_wait()
            if time.monotonic() >= deadline:
                return None
    return os.read(child.stdout.fileno(), 1 << 20)


def _crash(child: subprocess.Popen[bytes], limits: ReadLimits) -> str:
    """Return why the child died: for want of memory, or of the file itself."""
    how, peak = _end(child)
    if peak > limits.memory_bytes // _NEAR_LIMIT:
        return (
            f"needs more than the {_size(limits.memory_bytes)} of memory that parsing may take "
            f"(the parser ended with {how})"
        )
    return f"crashed the parser ({how}); the file is damaged or hostile"


def _end(child: subprocess.Popen[bytes]) -> tuple[str, int]:
    """Return how the child ended, and the most memory it had in bytes."""
    try:
        _, status, usage = os.wait4(child.pid, 0)
    except ChildProcessError:  # already waited for
        return _named(child.wait()), 0
    child.returncode = os.waitstatus_to_exitcode(status)
    return _named(child.returncode), usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def _named(code: int) -> str:
    try:
        return signal.Signals(-code).name if code < 0 else f"exit code {code}"
    except ValueError:
        return f"exit code {code}"


def _size(size: int) -> str:
    return f"{size / 2**30:.1f} GB" if size >= 2**30 else f"{size >> 20} MB"
