"""How much time, memory, output and disk a session may use, and the kernel's part in it."""

import resource
from dataclasses import asdict, dataclass
from typing import Self

MB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one session; each is reported by its field's name when it is hit."""

    wall_seconds: float = 10.0
    """Of one call."""
    cpu_seconds: int = 120
    """Of the whole session, all threads together."""
    memory_mb: int = 1024
    """Address space beyond what the empty interpreter uses."""
    output_characters: int = 20_000
    """Kept of each stream and of the value; the rest is read, counted and thrown away."""
    file_mb: int = 50
    """Of one file."""
    disk_mb: int = 500
    """Of all files together; while a call runs, measured as free space lost."""
    files: int = 10_000
    """Files and subfolders in the session's folder; more than 32 folders deep is too many."""
    threads: int = 16
    artifacts_mb: int = 20
    """Of the files that come back from one call; what is over is left out, and the run is `ok`."""

    def __post_init__(self) -> None:
        """Refuse a limit that would let nothing run."""
        for name, value in asdict(self).items():
            if value <= 0:
                raise ValueError(f"Limit `{name}` is {value!r}. Give a number above 0.")


@dataclass(frozen=True, slots=True)
class KernelLimits:
    """The limits that the kernel keeps, as numbers that fit into a JSON request."""

    memory_bytes: int
    cpu_seconds: int
    file_bytes: int
    threads: int

    @classmethod
    def of(cls, limits: Limits) -> Self:
        """Take from `limits` what the kernel can keep."""
        return cls(
            memory_bytes=limits.memory_mb * MB,
            cpu_seconds=limits.cpu_seconds,
            file_bytes=limits.file_mb * MB,
            threads=limits.threads,
        )


def apply_limits(limits: KernelLimits, *, private_user: bool) -> None:
    """Set this process's resource limits for good.

    Args:
        limits: What to set.
        private_user: No other process has this user id, so that threads can be counted by it.
    """
    memory = _address_space() + limits.memory_bytes
    values = {
        resource.RLIMIT_AS: memory,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NOFILE: 128,
        resource.RLIMIT_CORE: 1,  # 0 would still feed a core handler behind a pipe
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
        resource.RLIMIT_SIGPENDING: 256,
    }
    if private_user:
        values[resource.RLIMIT_NPROC] = limits.threads
    # One second between the two, so that the kernel's signal says which limit it was.
    resource.setrlimit(resource.RLIMIT_CPU, (limits.cpu_seconds, limits.cpu_seconds + 1))
    for kind, value in values.items():
        _, hard = resource.getrlimit(kind)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (bound, bound))


def _address_space() -> int:
    """Return the bytes of address space in use, from /proc while it can still be read."""
    with open("/proc/self/statm", encoding="ascii") as statm:  # noqa: PTH123 - pathlib costs the fork more
        return int(statm.read().split()[0]) * resource.getpagesize()
