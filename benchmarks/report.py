"""Write `BENCHMARKS.md` from `benchmarks/*.json`; `wanted.toml` says what each figure means."""

from __future__ import annotations

import json
import sys
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from results import HERE, ROOT

INTRODUCTION = """\
# Benchmarks

Written by `make benchmarks-md` from the files in `benchmarks/`, which are kept as they came out of
their runs; a figure that falls short is kept too. `benchmarks/wanted.toml` says what is wanted.
"""


def main() -> int:
    """Write the page and say where."""
    wanted = tomllib.loads((HERE / "wanted.toml").read_text(encoding="utf-8"))
    found = sorted(HERE.glob("*.json"))
    if not found:
        print("No figures in benchmarks/*.json yet: BENCHMARKS.md is not written.")
        return 0
    sections = [section(path, wanted.get(path.stem, {})) for path in found]
    page = ROOT / "BENCHMARKS.md"
    page.write_text("\n".join([INTRODUCTION, *sections]), encoding="utf-8")
    print(f"Written: {page.name} from {len(found)} of the benches.")
    return 0


def section(path: Path, wanted: Mapping[str, Any]) -> str:
    """Return the part of the page for one file of figures."""
    figures = json.loads(path.read_text(encoding="utf-8"))
    command = wanted.get("command", f"make bench-{path.stem}")
    return "\n".join(
        [
            f"## {wanted.get('title', path.stem)}",
            "",
            f"`{command}`, {_when(figures)}. {figures['machine']}.",
            f"Versions: {figures['versions']}. Seed: {figures['seed']}.",
            "",
            "| figure | measured | wanted | what it is |",
            "|---|---:|---|---|",
            *_rows(figures, wanted),
            *_reasons(figures, wanted),
            "",
        ]
    )


def _when(figures: Mapping[str, Any]) -> str:
    """Return the date, or for each part its own where they were not measured on one day."""
    dates = str(figures.get("dates", figures["date"]))
    days = {entry.split(" ")[-1] for entry in dates.split(", ")}
    return dates if len(days) > 1 else days.pop()


def _rows(figures: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    for name, value in figures.items():
        if isinstance(value, str):
            continue
        entry = wanted.get(name, {})
        cells = (f"`{name}`", f"{value:,}", _verdict(value, entry), entry.get("means", ""))
        yield f"| {' | '.join(cells)} |"


def _reasons(figures: Mapping[str, Any], wanted: Mapping[str, Any]) -> Iterator[str]:
    """Yield why figures fall short, as far as it is known."""
    short = [name for name, value in figures.items() if _is_short(value, wanted.get(name, {}))]
    told = [f"- `{name}`: {wanted[name]['why']}" for name in short if "why" in wanted[name]]
    if told:
        yield from ("", "Why these fall short:", "", *told)


def _is_short(value: Any, entry: Mapping[str, Any]) -> bool:
    return not isinstance(value, str) and "missed" in _verdict(value, entry)


def _verdict(value: float, entry: Mapping[str, Any]) -> str:
    limits = [
        (f"at most {entry['at_most']}", value <= entry["at_most"]) if "at_most" in entry else None,
        (f"at least {entry['at_least']}", value >= entry["at_least"])
        if "at_least" in entry
        else None,
    ]
    stated = [limit for limit in limits if limit]
    return "; ".join(text if kept else f"**{text}: missed**" for text, kept in stated)


if __name__ == "__main__":
    sys.exit(main())
