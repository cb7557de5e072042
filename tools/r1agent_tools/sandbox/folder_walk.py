"""Look through a session's folder while trusting nothing that is in it."""

import errno
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from r1agent_tools.sandbox.limits import MB, Limits

DEEPEST = 32
"""Folders within folders that are entered; each holds a descriptor open."""

_DIRECTORY = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
_REPLACED = {errno.ENOENT, errno.ENOTDIR, errno.ELOOP, errno.EACCES, errno.EPERM}


@dataclass(frozen=True, slots=True)
class FolderEntry:
    """One file or subfolder, as it was a moment ago."""

    path: str
    """Relative to the top, with slashes; undecodable bytes are lone surrogates."""
    name: str
    folder: int
    """Descriptor of the folder it is in, open until the next entry is asked for."""
    status: os.stat_result
    too_deep: bool
    """A subfolder that is not entered, at `DEEPEST`."""


@dataclass(slots=True)
class FolderUse:
    """What a folder holds, added up entry by entry."""

    files: int = 0
    """Files and subfolders."""
    size: int = 0
    """Bytes on disk."""
    too_deep: bool = False
    """There are folders that cannot be counted."""

    def add(self, entry: FolderEntry) -> None:
        """Count one entry."""
        self.files += 1
        self.size += entry.status.st_blocks * 512
        self.too_deep |= entry.too_deep

    def exceeded(self, limits: Limits) -> str | None:
        """Return the name of the limit that this is above, if it is above one."""
        if self.files > limits.files or self.too_deep:
            return "files"
        return "disk_mb" if self.size > limits.disk_mb * MB else None


def walk_folder(top: int, *, most: int, prefix: str = "", depth: int = 1) -> Iterator[FolderEntry]:
    """Yield what is in the open folder `top`, by name, each subfolder before its content.

    No link is followed, at no level: every name is opened relative to its folder's descriptor.
    What is removed or replaced meanwhile, or locked, is passed over.

    Args:
        top: Descriptor of the folder.
        most: Entries of one folder to look at.
        prefix: Path of `top` to put before the names.
        depth: Level of the entries.
    """
    with os.scandir(top) as listing:
        names = sorted(entry.name for entry in islice(listing, most))
    for name in names:
        status = _look(name, top)
        if status is None:
            continue
        is_folder = stat.S_ISDIR(status.st_mode)
        too_deep = is_folder and depth >= DEEPEST
        yield FolderEntry(prefix + name, name, top, status, too_deep)
        if is_folder and not too_deep:
            yield from _enter(name, top, most=most, prefix=f"{prefix}{name}/", depth=depth + 1)


def measure_folder(top: int, *, most: int) -> FolderUse:
    """Count what is in the open folder `top`, up to one more than `most` entries."""
    use = FolderUse()
    for entry in walk_folder(top, most=most + 1):
        use.add(entry)
        if use.files > most:
            break
    return use


def open_beneath(name: str, folder: int, flags: int) -> int | None:
    """Open `name` in the open folder; None where it is gone, locked or something else now."""
    try:
        return os.open(name, flags, dir_fd=folder)
    except OSError as error:
        if error.errno not in _REPLACED:
            raise
        return None


def _look(name: str, folder: int) -> os.stat_result | None:
    try:
        return os.stat(name, dir_fd=folder, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _REPLACED:
            raise
        return None


def _enter(name: str, folder: int, *, most: int, prefix: str, depth: int) -> Iterator[FolderEntry]:
    inner = open_beneath(name, folder, _DIRECTORY)
    if inner is None:
        return
    try:
        yield from walk_folder(inner, most=most, prefix=prefix, depth=depth)
    finally:
        os.close(inner)
