"""A full disk or a folder without write permission, said in one sentence."""

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from r1agent_indexes.errors import DiskFullError, IndexFormatError, PaperIndexError

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NO_ROOM = (
    "SQLITE_FULL",
    "SQLITE_IOERR_WRITE",
    "SQLITE_IOERR_FSYNC",
    "SQLITE_IOERR_SHMSIZE",
    "SQLITE_IOERR_SHMOPEN",
    "SQLITE_IOERR_TRUNCATE",
)
_FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


@contextmanager
def disk_errors(folder: Path) -> Iterator[None]:
    """Turn what the disk says while `folder` is written into errors that a user can act on."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        raise _database_error(folder, error) from error
    except (RuntimeError, ValueError) as error:  # how FAISS and tantivy report a failed write
        if "No space left" in str(error):
            raise _full(folder) from error
        raise
    except OSError as error:
        if error.errno in _FULL:
            raise _full(folder) from error
        if error.errno in _FORBIDDEN:
            raise _forbidden(folder) from error
        raise


def _database_error(folder: Path, error: sqlite3.DatabaseError) -> Exception:
    name = getattr(error, "sqlite_errorname", "")
    if name.startswith(_NO_ROOM):
        return _full(folder)
    if name.startswith(("SQLITE_READONLY", "SQLITE_CANTOPEN", "SQLITE_PERM")):
        return _forbidden(folder)
    if name.startswith(("SQLITE_NOTADB", "SQLITE_CORRUPT")):
        return IndexFormatError(
            f"The database of index {str(folder)!r} is damaged ({error}). Put back a copy of "
            "`papers.sqlite`, or make a new index with `r1agent index add PAPERS --index OTHER`."
        )
    return error


def _full(folder: Path) -> DiskFullError:
    return DiskFullError(
        f"The disk of {str(folder)!r} is full. Every paper finished before is safe: free some "
        "space and run the same command again."
    )


def _forbidden(folder: Path) -> PaperIndexError:
    return PaperIndexError(
        f"{str(folder)!r} cannot be written. Give yourself write permission there, or choose "
        "another folder with `--index`."
    )
