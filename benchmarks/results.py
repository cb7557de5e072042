"""What every bench writes: one flat JSON object, with the machine and the versions it ran on."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent

Figures = dict[str, float | int | str]
"""Numbers by key; `machine`, `versions`, `date` and `seed` are text."""


def write_results(name: str, figures: Mapping[str, float | int | str]) -> Path:
    """Write `benchmarks/<name>.json` as it came out of the run, and return its path."""
    path = HERE / f"{name}.json"
    path.write_text(json.dumps(dict(figures), indent=1) + "\n", encoding="utf-8")
    return path


def setting(packages: Iterable[str], *, seed: str) -> Figures:
    """Return where and with what a bench ran.

    Args:
        packages: Distributions whose versions matter.
        seed: The seed, or why there is none.
    """
    return {
        "machine": _machine(),
        "versions": ", ".join([f"Python {platform.python_version()}", *map(_named, packages)]),
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "seed": seed,
    }


def _machine() -> str:
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} cores, {_processor()}, {memory:.0f} GiB, {platform.system()}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return platform.machine()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def _named(package: str) -> str:
    try:
        return f"{package} {version(package)}"
    except PackageNotFoundError:
        return f"{package} (none)"
