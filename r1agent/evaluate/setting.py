"""Where and with what something was measured."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import r1agent

ENGINES = ("xllamacpp", "torch", "faiss-cpu", "sentence-transformers")
"""Distributions whose versions may change a score."""
_PROCESSORS = Path("/proc/cpuinfo")


def machine(*, processors: Path = _PROCESSORS) -> str:
    """Name cores, processor, memory and system.

    Args:
        processors: Where Linux names the processors; elsewhere it is not there.
    """
    import psutil

    memory = psutil.virtual_memory().total / 2**30
    return (
        f"{os.cpu_count()} cores, {_processor(processors)}, {memory:.0f} GiB, {platform.system()}"
    )


def versions(packages: Iterable[str] = ENGINES, *, absent: bool = False) -> str:
    """Name the versions of r1agent, of Python, and of the distributions that are installed.

    Args:
        packages: The distributions.
        absent: Whether those that are not installed are named too, as `(none)`.
    """
    found = [named for package in packages if (named := _named(package, absent=absent))]
    python = f"Python {platform.python_version()}"
    return ", ".join([f"r1agent {r1agent.__version__}", python, *found])


def today() -> str:
    """Return the date, in UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def _named(package: str, *, absent: bool) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (none)" if absent else ""


def _processor(processors: Path) -> str:
    """Return the name that Linux has for the processor, elsewhere that of its kind."""
    try:
        lines = processors.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, "") or platform.processor() or platform.machine() or "unknown processor"
