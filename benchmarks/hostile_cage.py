"""Private folders for one hostile program, and what changed in them."""

from __future__ import annotations

import hashlib
import os
import stat
import subprocess
import sys
import sysconfig
from importlib.util import find_spec
from pathlib import Path

PRIVATE = {"/run": "16m", "/tmp": "2g", "/var/tmp": "400m", "/dev/shm": "400m", "/home": "400m"}  # noqa: S108
KEPT = Path("/run/kept")
DEEPEST = 20
HASHED_BYTES = 65536

Snapshot = dict[str, str]


def build_cage(*, user: int, keep: list[str]) -> None:
    """Cover the shared folders of this mount namespace with empty private ones.

    Args:
        user: Who the host will be; folders that this user cannot pass are opened for it.
        keep: Paths that stay visible wherever they are.
    """
    for folder in map(Path, PRIVATE):
        if folder.is_dir():
            _cover(folder, f"mode=1777,size={PRIVATE[str(folder)]}", keep)
    if user:
        for folder in _closed_folders(keep):
            _cover(folder, "mode=755,size=16m", keep)
    for number in range(6):  # a shared folder that others use
        Path(f"/tmp/of-another-program-{number}").write_text("x", encoding="utf-8")  # noqa: S108


def _closed_folders(keep: list[str]) -> list[Path]:
    """Return the outermost folders that only their owner can pass on the way to `keep`."""
    closed = [
        parent
        for path in map(Path, keep)
        for parent in reversed(path.parents)
        if not parent.stat().st_mode & stat.S_IXOTH
    ]
    outermost = [one for one in closed if not any(up in one.parents for up in closed)]
    return list(dict.fromkeys(outermost))


def _cover(folder: Path, options: str, keep: list[str]) -> None:
    """Mount an empty folder over `folder` and show what is to be kept inside it again."""
    inside = [path for path in keep if folder in Path(path).parents]
    for number, path in enumerate(inside):
        aside = KEPT / str(number)
        aside.mkdir(parents=True, exist_ok=True)
        _mount("--bind", path, str(aside))
    _mount("-t", "tmpfs", "-o", options, "tmpfs", str(folder))
    for number, path in enumerate(inside):
        Path(path).mkdir(parents=True)
        _mount("--move", str(KEPT / str(number)), path)


def _mount(*arguments: str) -> None:
    subprocess.run(["/usr/bin/mount", *arguments], check=True)  # noqa: S603 - fixed arguments


def snapshot() -> Snapshot:
    """Return what stands in the private folders, and the names in some others."""
    found: Snapshot = {}
    for folder in PRIVATE:
        _walk(folder, found, depth=0)
    for folder in _watched():
        for entry in os.scandir(folder):
            info = entry.stat(follow_symlinks=False)
            kept = "" if stat.S_ISDIR(info.st_mode) else f" {info.st_size} {info.st_mtime_ns}"
            if folder in ("/", "/dev"):
                kept = ""
            found[entry.path] = f"{info.st_mode:o} {info.st_uid}{kept}"
    return found


def changes(before: Snapshot, after: Snapshot) -> list[str]:
    """Return each difference of two snapshots in words."""
    added = [f"new {path}" for path in after.keys() - before.keys()]
    gone = [f"gone {path}" for path in before.keys() - after.keys() if _private(path)]
    shared = before.keys() & after.keys()
    changed = [f"{p}: {before[p]} -> {after[p]}" for p in shared if before[p] != after[p]]
    return sorted(added) + sorted(gone) + sorted(changed)


def _private(path: str) -> bool:
    """Tell whether nobody else can have removed `path`; other programs use `/` and `/dev` too."""
    return any(path.startswith(f"{folder}/") for folder in PRIVATE)


def _watched() -> list[str]:
    libraries = [sysconfig.get_path(name) for name in ("purelib", "platlib", "stdlib")]
    numpy = find_spec("numpy")
    if numpy is not None and numpy.origin is not None:
        libraries.append(str(Path(numpy.origin).parent))
    caches = [str(Path(libraries[2], *part)) for part in (("__pycache__",), ("json",))]
    caches.append(str(Path(libraries[2], "json", "__pycache__")))
    return [
        path for path in dict.fromkeys(["/", "/dev", *libraries, *caches]) if Path(path).is_dir()
    ]


def _walk(folder: str, found: Snapshot, *, depth: int) -> None:
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return
    for entry in entries:
        if os.path.ismount(entry.path):
            continue
        found[entry.path] = _describe(entry.path)
        if entry.is_dir(follow_symlinks=False) and depth < DEEPEST:
            _walk(entry.path, found, depth=depth + 1)


def _describe(path: str) -> str:
    info = os.lstat(path)
    parts = [f"{info.st_mode:o}", str(info.st_uid), str(info.st_gid)]
    if stat.S_ISREG(info.st_mode):
        parts += [str(info.st_size), str(info.st_mtime_ns), _hash(path, info.st_size)]
    attributes = [] if stat.S_ISLNK(info.st_mode) else os.listxattr(path)
    return " ".join(parts + attributes)


def _hash(path: str, size: int) -> str:
    if size > HASHED_BYTES:
        return "-"
    return hashlib.sha256(Path(path).read_bytes()).hexdigest()[:12]


if __name__ == "__main__":
    sys.exit("error: hostile_referee.py uses this module.")
