"""Watch what the kernel does not limit for one process: threads, and disk behind open files."""

import os
import re
import time

from r1agent_tools.sandbox.folder_walk import FolderUse, measure_folder
from r1agent_tools.sandbox.limits import MB, Limits

TICK_SECONDS = 0.02
_FIELDS = re.compile(rb"^(VmHWM|RssAnon|RssShmem|Threads):\s+(\d+)", re.MULTILINE)


class Watch:
    """Compare a worker with its limits, call by call."""

    def __init__(self, process_id: int, folder: int, limits: Limits) -> None:
        """Remember how things stand; `folder` is the session's own, open."""
        self._process = f"/proc/{process_id}"
        self._folder = folder
        self._limits = limits
        self._use = FolderUse()
        self._own_kb: int | None = None
        self.peak_mb = 0.0
        """The most memory held at once so far, as last read."""
        self.start_call(FolderUse())

    def start_call(self, use: FolderUse) -> None:
        """Remember what the folder holds and how much disk is free before a call."""
        space = os.fstatvfs(self._folder)
        self._use = use
        self._free_bytes = space.f_bavail * space.f_frsize
        self._free_files = space.f_favail
        self._next_look = time.monotonic() + TICK_SECONDS

    def exceeded(self) -> str | None:
        """Return the name of a limit that is exceeded now; looks once a tick."""
        now = time.monotonic()
        if now < self._next_look:
            return None
        limit = self.process_limit() or self._folder_limit()
        self._next_look = time.monotonic() + TICK_SECONDS
        return limit

    def process_limit(self) -> str | None:
        """Return the name of a limit that the process exceeds now, if it does."""
        status = {name: int(value) for name, value in _FIELDS.findall(self._read("status"))}
        if b"VmHWM" not in status:  # ended meanwhile, or not Linux
            return None
        self.peak_mb = status[b"VmHWM"] / 1024
        own_kb = status.get(b"RssAnon", 0) + status.get(b"RssShmem", 0)
        if self._own_kb is None:
            self._own_kb = own_kb
        if status[b"Threads"] > self._limits.threads:
            return "threads"
        # Only where the kernel's limit is not set: that one counts address space and is below this.
        most_kb = self._limits.memory_mb * 1024 * 5 // 4
        return "memory_mb" if own_kb - self._own_kb > most_kb else None

    def cpu_exhausted(self) -> bool:
        """Tell whether the process, which may have just ended, had used up its CPU time.

        The kernel ends it by counting whole ticks, up to a fifth before the time shown here.
        """
        # The name in brackets may hold anything; user and system time are the 12th and 13th after.
        fields = self._read("stat").rpartition(b")")[2].split()
        ticks = sum(int(field) for field in fields[11:13])
        return ticks >= 0.75 * self._limits.cpu_seconds * os.sysconf("SC_CLK_TCK")

    def _folder_limit(self) -> str | None:
        """Compare free space, since files deleted but still open are in no listing.

        Other programs write too, so that a loss must be confirmed by the folder itself, unless
        it is many times what is allowed.
        """
        now = os.fstatvfs(self._folder)
        most_bytes, most_files = self._limits.disk_mb * MB, self._limits.files
        size = self._use.size + self._free_bytes - now.f_bavail * now.f_frsize
        files = self._use.files + self._free_files - now.f_favail
        if size > 4 * most_bytes or files > 4 * most_files:
            return "disk_mb" if size > 4 * most_bytes else "files"
        if size <= most_bytes and files <= most_files:
            return None
        return measure_folder(self._folder, most=most_files).exceeded(self._limits)

    def _read(self, name: str) -> bytes:
        """Read one file of the process's folder in /proc; nothing where it is gone."""
        try:
            fd = os.open(f"{self._process}/{name}", os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            return b""
        try:
            return os.read(fd, 4096)
        except ProcessLookupError:
            return b""
        finally:
            os.close(fd)
