"""Take named members out of an archive: nothing else, no link, and none that is too large."""

from __future__ import annotations

import tarfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

from r1agent.evaluate.errors import EvaluationError

_MOST_BYTES = 1 << 30
_BLOCK = 1 << 20
_DAMAGED = (zipfile.BadZipFile, tarfile.TarError, zlib.error, EOFError, NotImplementedError)


def unpack(
    archive: Path, members: Mapping[str, str], folder: Path, *, most_bytes: int = _MOST_BYTES
) -> None:
    """Write members of a zip or tar archive into `folder`, under names of ours.

    Args:
        archive: A zip or tar file, by its own bytes and not by its name.
        members: What is taken out, and where it goes within `folder`.
        folder: Is there.
        most_bytes: How large a member may become.

    Raises:
        EvaluationError: The archive is damaged, or a member is missing, no plain file or too large.
    """
    try:
        with _opened(archive) as opened:
            for member, name in members.items():
                target = folder / name
                target.parent.mkdir(parents=True, exist_ok=True)
                with opened.member(member) as source, target.open("wb") as file:
                    _copy(source, file, most_bytes, what=f"{member!r} in {archive.name!r}")
    except _DAMAGED as error:
        raise EvaluationError(
            f"{archive.name!r} is a damaged archive ({error}). Nothing of it was kept; its source "
            "has another file than the one wanted."
        ) from error


class _Archive(Protocol):
    def member(self, name: str) -> IO[bytes]:
        """Open a member that is a plain file."""
        ...


class _Zip:
    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    def member(self, name: str) -> IO[bytes]:
        try:
            return self._archive.open(name)
        except (KeyError, RuntimeError) as error:  # RuntimeError: it wants a password
            raise _unusable(name) from error


class _Tar:
    def __init__(self, archive: tarfile.TarFile) -> None:
        self._archive = archive

    def member(self, name: str) -> IO[bytes]:
        try:
            info = self._archive.getmember(name)
        except KeyError as error:
            raise _unusable(name) from error
        source = self._archive.extractfile(info) if info.isreg() else None
        if source is None:
            raise _unusable(name)
        return source


@contextmanager
def _opened(archive: Path) -> Iterator[_Archive]:
    if zipfile.is_zipfile(archive):
        with zipfile.ZipFile(archive) as opened:
            yield _Zip(opened)
        return
    with tarfile.open(archive) as read:
        yield _Tar(read)


def _copy(source: IO[bytes], target: IO[bytes], most_bytes: int, *, what: str) -> None:
    """Copy at most `most_bytes`, whatever the archive says of the size."""
    left = most_bytes
    while block := source.read(min(_BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise EvaluationError(
                f"{what} is larger than {most_bytes:,} bytes. Nothing of it was kept."
            )
        target.write(block)


def _unusable(name: str) -> EvaluationError:
    return EvaluationError(
        f"The archive has no plain file {name!r}. Nothing of it was kept; its source has another "
        "file than the one wanted."
    )
