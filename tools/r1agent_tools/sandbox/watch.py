"""Watch what the kernel cannot limit for one process: threads, and disk behind open files."""

import os
from contextlib import suppress
from pathlib import Path

from r1agent_tools.sandbox.limits import Limits

_MB = 1024 * 1024
_MOST_NEW_FILES = 20_000
_MOST_MEASURED = 50_000


class Watch:
    """Compare a running worker with its limits."""

    def __init__(self, process_id: int, folder: str, limits: Limits) -> None:
        """Remember how things stand before the call."""
        self._status = Path(f"/proc/{process_id}/status")
        self._folder = folder
        self._limits = limits
        start = os.statvfs(folder)
        self._free_bytes = start.f_bavail * start.f_frsize
        self._free_files = start.f_favail

    def exceeded(self) -> str | None:
        """Return the name of the limit that is exceeded now, if one is."""
        if self._threads() > self._limits.threads:
            return "threads"
        return "disk_mb" if self._disk_exceeded() else None

    def _disk_exceeded(self) -> bool:
        """Compare free space, since files deleted but still open are in no listing.

        Other programs write too, so that a smaller loss must be confirmed by the folder itself.
        """
        now = os.statvfs(self._folder)
        allowed = self._limits.disk_mb * _MB
        lost_bytes = self._free_bytes - now.f_bavail * now.f_frsize
        lost_files = self._free_files - now.f_favail
        if lost_bytes > 4 * allowed or lost_files > 4 * _MOST_NEW_FILES:
            return True
        if lost_bytes <= allowed and lost_files <= _MOST_NEW_FILES:
            return False
        size, files = _measure(self._folder)
        return size > allowed / 2 or files > _MOST_NEW_FILES / 2

    def _threads(self) -> int:
        try:
            lines = self._status.read_text(encoding="ascii", errors="replace").splitlines()
        except (FileNotFoundError, ProcessLookupError):  # ended meanwhile, or not Linux
            return 0
        return next((int(line.split()[1]) for line in lines if line.startswith("Threads:")), 0)


def _measure(folder: str) -> tuple[int, int]:
    """Return the bytes and the number of files in `folder`, without following a link."""
    size = files = 0
    waiting = [folder]
    while waiting and files < _MOST_MEASURED:
        # A program may remove, lock or nest its folders beyond any path while we look.
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                files += 1
                size += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
    return size, files
