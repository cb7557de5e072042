"""Who reads the files of an `add`: threads with a PDF process each, or anything like them."""

import os
import threading
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from r1agent_indexes.duplicates import signature_of
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.paper import ReadPaper, read_passages
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.store import Vectors

OnPage = Callable[[int], None]
_MOST_PROCESSES = 16
_PATIENCE = 2.0
"""Seconds after which `close` leaves a thread to end by itself."""
_AHEAD = 2
"""Files in hand a process: one that it reads, and one that is read and waits."""


@dataclass(frozen=True, slots=True)
class ReadResult:
    """What came of reading one file; it can be sent between processes and machines."""

    path: Path
    paper: ReadPaper | None
    """None where the file cannot be read."""
    reason: str = ""
    """Why the file cannot be read."""
    signature: bytes | None = None
    """MinHash of its passages; None where the paper is too short for one."""
    vectors: Vectors | None = None
    """`(n, d)` float32, one a passage, from a worker that embeds too; None: still to be done."""


class Workers(Protocol):
    """Read files for a builder, several at once, here or on other machines.

    A builder asks for no more than `ahead` files before it has taken what came back, and takes
    results in whatever order they are done; this is what bounds the memory of an `add`.
    """

    @property
    def ahead(self) -> int:
        """Return how many files may be asked for before the first has come back."""

    def read(self, path: Path, *, on_page: OnPage) -> "Future[ReadResult]":
        """Begin to read a file.

        Args:
            path: The file.
            on_page: May be told, from any thread, how many pages are read.
        """

    def close(self) -> None:
        """Stop at once; what is being read is given up."""


class LocalWorkers:
    """Read on this machine: some threads, each with a PDF process of its own."""

    def __init__(self, processes: int | None = None) -> None:
        """Store the number of processes, as many as there are cores by default."""
        self._count = processes or min(_MOST_PROCESSES, os.cpu_count() or 1)
        self._pool = ThreadPoolExecutor(self._count, thread_name_prefix="read")
        self._own = threading.local()
        self._processes: list[PdfProcess] = []
        self._running: set[Future[ReadResult]] = set()
        self._closed = False

    @property
    def ahead(self) -> int:
        """Return how many files may be asked for before the first has come back."""
        return _AHEAD * self._count

    def read(self, path: Path, *, on_page: OnPage) -> "Future[ReadResult]":
        """Begin to read a file as soon as a thread is free."""
        future = self._pool.submit(self._read, path, on_page)
        self._running.add(future)
        future.add_done_callback(self._running.discard)
        return future

    def close(self) -> None:
        """Stop at once; what is being read is given up."""
        self._closed = True
        self._pool.shutdown(wait=False, cancel_futures=True)
        patience = time.monotonic() + _PATIENCE
        while True:
            for process in list(self._processes):
                process.close()
            if not wait([*self._running], timeout=0.02).not_done or time.monotonic() > patience:
                return  # until then, a thread that was about to start a process has started it

    def _read(self, path: Path, on_page: OnPage) -> ReadResult:
        process = getattr(self._own, "process", None)
        if process is None:
            process = self._own.process = PdfProcess()
            self._processes.append(process)
        if self._closed:
            return ReadResult(path, None, "was not read, since reading was stopped")
        try:
            return read_result(path, process, on_page=on_page)
        finally:
            if self._closed:
                process.close()


def read_result(path: Path, process: PdfProcess, *, on_page: OnPage) -> ReadResult:
    """Read one file; what is wrong with it is a result too."""
    try:
        paper = read_passages(path, process, on_page=on_page)
    except UnreadablePaperError as error:
        return ReadResult(path, None, str(error))
    except OSError as error:
        if error.strerror is None or Path(str(error.filename)) != path:
            raise
        return ReadResult(path, None, error.strerror)
    return ReadResult(path, paper, signature=signature_of(paper.passages))
