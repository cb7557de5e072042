"""Read the files that a program made, as a host that trusts none of them."""

import mimetypes
import os
import stat
from dataclasses import dataclass
from functools import cache

from r1agent_tools.sandbox.capture import clean_name
from r1agent_tools.sandbox.folder_walk import FolderEntry, FolderUse, open_beneath, walk_folder
from r1agent_tools.sandbox.limits import MB, Limits
from r1agent_tools.sandbox.result import Artifact

_MOST_ARTIFACTS = 100
_MOST_NAMED = 20
# A pipe put in a file's place must not make the host wait, nor a link lead it elsewhere.
_READ = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC

_Version = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Harvest:
    """What one look at the folder found."""

    artifacts: tuple[Artifact, ...]
    left_out: tuple[str, ...]
    over_size: bool
    """Some were left out for their size."""
    use: FolderUse
    full_file: bool
    """A new or changed file is as large as a file may be."""


class ArtifactReader:
    """Tell new and changed files of one folder from those that were there before."""

    def __init__(self, folder: int, limits: Limits) -> None:
        """Start with an empty folder, open as `folder`."""
        self._folder = folder
        self._limits = limits
        self._versions: dict[str, _Version] = {}

    def collect(self) -> Harvest:
        """Read what is new or changed since the last time; the program must be stopped or dead.

        Hidden files, links, pipes and files with a second name are no artifacts. A file has
        changed where its size, its times or its place on the disk differ.
        """
        basket = _Basket(self._limits.artifacts_mb * MB)
        versions: dict[str, _Version] = {}
        use = FolderUse()
        full_file = False
        for entry in walk_folder(self._folder, most=self._limits.files + 1):
            use.add(entry)
            if use.files > self._limits.files:
                break
            if not stat.S_ISREG(entry.status.st_mode) or "/." in f"/{entry.path}":
                continue
            versions[entry.path] = version = _version(entry.status)
            if self._versions.get(entry.path) != version:
                basket.add(entry)
                full_file |= entry.status.st_size >= self._limits.file_mb * MB
        self._versions = versions
        return Harvest(tuple(basket.artifacts), basket.left_out(), basket.over_size, use, full_file)


class _Basket:
    """Artifacts up to a size and a number, and the names of what did not fit."""

    def __init__(self, room: int) -> None:
        self.artifacts: list[Artifact] = []
        self.over_size = False
        self._room = room
        self._left_out: list[str] = []
        self._more = 0

    def add(self, entry: FolderEntry) -> None:
        """Read one file, or note its name where it does not fit or cannot be read."""
        name = clean_name(entry.path)
        full = len(self.artifacts) >= _MOST_ARTIFACTS
        self.over_size |= not full and entry.status.st_size > self._room
        data = None if full else _read_regular(entry, self._room)
        if data is not None:
            self._room -= len(data)
            self.artifacts.append(Artifact(name, data, _media_type(name)))
        elif len(self._left_out) < _MOST_NAMED:
            self._left_out.append(name)
        else:
            self._more += 1

    def left_out(self) -> tuple[str, ...]:
        """Return what was left out, as names and a count of the rest."""
        more = [f"and {self._more} more"] if self._more else []
        return (*self._left_out, *more)


def _version(status: os.stat_result) -> _Version:
    return status.st_ino, status.st_size, status.st_mtime_ns, status.st_ctime_ns


def _read_regular(entry: FolderEntry, most: int) -> bytes | None:
    """Return a file's content; None where it is no plain file any more, or above `most` bytes."""
    fd = open_beneath(entry.name, entry.folder, _READ)
    if fd is None:
        return None
    try:
        status = os.fstat(fd)
        plain = stat.S_ISREG(status.st_mode) and status.st_nlink == 1
        return _read(fd, status.st_size) if plain and status.st_size <= most else None
    finally:
        os.close(fd)


def _read(fd: int, size: int) -> bytes:
    """Read up to `size` bytes, whatever is added to the file meanwhile."""
    data = bytearray()
    while len(data) < size and (chunk := os.read(fd, min(size - len(data), MB))):
        data += chunk
    return bytes(data)


def _media_type(name: str) -> str:
    """Guess from the name alone; the content may be anything."""
    kind, encoding = _types().guess_type(name)
    return kind if kind and not encoding else "application/octet-stream"


@cache
def _types() -> mimetypes.MimeTypes:
    """Return Python's own table, which is the same on every machine."""
    return mimetypes.MimeTypes()
