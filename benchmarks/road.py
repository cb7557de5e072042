"""The whole road: start-up beside paper-qa, the demo's time, and quotes on their pages.

`make bench-road` runs all parts and writes `benchmarks/road.json`; with `--parts` the table is
printed and nothing is written, since a file mixed from two runs would say what no run showed.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from quotes import CorpusMissingError, measure_quotes, require_corpus
from results import ROOT, Figures, setting, write_results
from rich.console import Console
from rich.table import Table
from start_up import measure_help, measure_import, peer_version
from watched import watch

PARTS = ("import", "help", "demo", "quotes")
WORK = ROOT / "runs" / "bench-road"
DEMO_LIMIT = 1200.0
PACKAGES = ("langchain-core", "torch", "faiss-cpu", "xllamacpp")
SEED = "none: questions are fixed, the model samples at its own temperature"


def main() -> int:
    """Measure the parts asked for, print the table, and write it where all were measured."""
    arguments = _arguments()
    parts = PARTS if arguments.parts == "all" else tuple(arguments.parts.split(","))
    if "quotes" in parts:
        require_corpus()  # before minutes are spent on the other parts
    figures: Figures = {}
    for part in parts:
        print(f"Measuring: {part}", flush=True)
        figures |= _measure(part, arguments.limit, arguments.deadline)
    figures |= setting(PACKAGES, seed=SEED)
    figures["versions"] = f"{figures['versions']}, paper-qa {peer_version()}"
    print_table(figures)
    if set(parts) != set(PARTS) or arguments.limit:
        print("Only a part was measured: benchmarks/road.json stays as it is.")
        return 0
    print(f"Written: {write_results('road', figures).relative_to(ROOT)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="road.py")
    parser.add_argument("--parts", default="all", type=_parts, help=", ".join(PARTS))
    parser.add_argument("--limit", type=int, help="questions of the quotes part (default: all 6)")
    parser.add_argument("--deadline", type=float, default=600.0, help="seconds a question may take")
    return parser.parse_args()


def _parts(text: str) -> str:
    unknown = set(text.split(",")) - {*PARTS, "all"}
    if unknown:
        known = ", ".join(PARTS)
        raise argparse.ArgumentTypeError(f"no part {sorted(unknown)[0]!r}; known: {known}")
    return text


def _measure(part: str, limit: int | None, deadline: float) -> Figures:
    match part:
        case "import":
            return measure_import()
        case "help":
            return measure_help()
        case "demo":
            return measure_demo()
    WORK.mkdir(parents=True, exist_ok=True)
    return measure_quotes(WORK / "answers.jsonl", limit=limit, seconds_a_question=deadline)


def measure_demo() -> Figures:
    """Time a run of `make demo` that has nothing to fetch, and how long its screen stood still."""
    WORK.mkdir(parents=True, exist_ok=True)
    first = not (ROOT / "indexes" / "examples").is_dir()
    for run in ("first", "second") if first else ("second",):
        print(f"  make demo, {run} run; its screen goes to {WORK / 'demo.log'}", flush=True)
        watched = watch(["make", "-C", str(ROOT), "demo"], WORK / "demo.log", limit=DEMO_LIMIT)
    return {
        "demo_s": round(watched.seconds, 1),
        "demo_longest_silence_s": round(watched.longest_silence, 2),
        "demo_exit_code": watched.code,
    }


def print_table(figures: Mapping[str, float | int | str]) -> None:
    """Print each figure, with the peer's beside it where both were measured."""
    table = Table(title="The whole road", title_justify="left")
    for heading in ("figure", "r1agent", "paper-qa"):
        table.add_column(heading, justify="left" if heading == "figure" else "right")
    for name, value in figures.items():
        if isinstance(value, str) or name.endswith("_paperqa"):
            continue
        table.add_row(name, str(value), str(figures.get(f"{name}_paperqa", "")))
    for name in ("import", "help"):
        if (ratio := figures.get(f"{name}_ratio_paperqa")) is not None:
            table.add_row(f"{name}_ratio_paperqa", str(ratio), "1")
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(table)
    for name in ("machine", "versions", "date", "seed"):
        console.print(f"{name}: {figures[name]}", highlight=False, markup=False)


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CorpusMissingError as error:
        sys.exit(f"error: {error}")
    except subprocess.CalledProcessError as error:
        sys.exit(f"error: {Path(error.cmd[0]).name} failed with exit code {error.returncode}.")
    except KeyboardInterrupt:
        sys.exit(130)
