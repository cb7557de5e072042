"""One writer at a time; readers are never held up."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from filelock import FileLock, Timeout

from r1agent_indexes.disk import disk_errors
from r1agent_indexes.errors import IndexLockedError


@contextmanager
def writer_lock(folder: Path) -> Iterator[None]:
    """Hold the right to write to an index; the system frees it when a process dies.

    Raises:
        IndexLockedError: Another process holds it.
    """
    holder = folder / ".writer"
    with disk_errors(folder):
        lock = FileLock(folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout as error:
            raise IndexLockedError(_locked(folder, holder)) from error
        try:
            holder.write_text(str(os.getpid()), encoding="ascii")
            yield
        finally:
            with suppress(FileNotFoundError):
                holder.unlink()
            lock.release()


def _locked(folder: Path, holder: Path) -> str:
    who = "another process"
    with suppress(FileNotFoundError):
        who = f"process {holder.read_text(encoding='ascii')}"
    return (
        f"Index {str(folder)!r} is being written by {who}. Wait until that has finished, or stop "
        "it; searching works meanwhile."
    )
