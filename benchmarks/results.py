"""What every bench writes: one flat JSON object, with the machine and the versions it ran on."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path

from r1agent.evaluate.setting import machine, today, versions

HERE = Path(__file__).parent
ROOT = HERE.parent

Figures = dict[str, float | int | str]
"""Numbers by key; `machine`, `versions`, `date`, `dates` (by part) and `seed` are text."""


def read_results(name: str) -> Figures:
    """Return the figures of `benchmarks/<name>.json`; none where there is no such file."""
    path = HERE / f"{name}.json"
    figures: Figures = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return figures


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
        "machine": machine(),
        "versions": versions(packages, absent=True),
        "date": today(),
        "seed": seed,
    }
