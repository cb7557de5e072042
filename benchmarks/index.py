"""The index: reading, ingest, killed builds, quality of search, and search at scale.

`make bench-index` runs all parts, about an hour on two cores, and writes `benchmarks/index.json`.
No figure compares two parts, so each is kept on its own as it came out
(`runs/bench-index/PART.json`) and `--parts` measures some again; the file is put together of those
that are there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tomllib
from importlib import import_module
from pathlib import Path

from index_quality import CollectionMissingError
from quotes import CorpusMissingError
from results import HERE, ROOT, Figures, setting, write_results
from rich.console import Console
from rich.table import Table
from start_up import peer_version

PLACE_OF = {
    "reading": ("index_reading", "measure"),
    "quality": ("index_quality", "measure"),
    "search": ("index_search", "measure"),
    "ingest": ("index_ingest", "measure"),
    "memory": ("index_ingest", "measure_peaks"),
    "kills": ("index_kills", "measure"),
}
PARTS = tuple(PLACE_OF)
WORK = ROOT / "runs" / "bench-index"
PACKAGES = ("r1agent", "torch", "sentence-transformers", "faiss-cpu", "pypdfium2", "pypdf")
SEED = "0 throughout"


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    parts = PARTS if (chosen := _arguments().parts) == "all" else tuple(chosen.split(","))
    WORK.mkdir(parents=True, exist_ok=True)
    for part in parts:
        print(f"Measuring: {part}", flush=True)
        module, function = PLACE_OF[part]
        figures = getattr(import_module(module), function)()
        _kept(part).write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    missing = [part for part in PARTS if not _kept(part).is_file()]
    together = _together([part for part in PARTS if part not in missing])
    print_table(together)
    if missing:
        print(f"Not measured yet, so not in the file: {', '.join(missing)}.")
    print(f"Written: {write_results('index', together).relative_to(ROOT)}")
    return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="index.py")
    parser.add_argument("--parts", default="all", type=_parts, help=", ".join(PARTS))
    return parser.parse_args()


def _parts(text: str) -> str:
    unknown = set(text.split(",")) - {*PARTS, "all"}
    if unknown:
        known = ", ".join(PARTS)
        raise argparse.ArgumentTypeError(f"no part {sorted(unknown)[0]!r}; known: {known}")
    return text


def _kept(part: str) -> Path:
    return WORK / f"{part}.json"


def _together(parts: list[str]) -> Figures:
    figures: Figures = {}
    for part in parts:
        figures |= json.loads(_kept(part).read_text(encoding="utf-8"))
    figures |= setting(PACKAGES, seed=SEED)
    figures["versions"] = f"{figures['versions']}, paper-qa {peer_version()}"
    return figures


def print_table(figures: Figures) -> None:
    """Print every figure with what it means and what is wanted of it."""
    wanted = tomllib.loads((HERE / "wanted.toml").read_text(encoding="utf-8"))["index"]
    table = Table("figure", "measured", "wanted", "what it is", title="The index")
    for name, value in figures.items():
        entry = wanted.get(name, {})
        limits = [f"{word} {entry[key]}" for key, word in _LIMITS.items() if key in entry]
        if not isinstance(value, str):
            table.add_row(name, f"{value:,}", ", ".join(limits), entry.get("means", ""))
    Console().print(table)


_LIMITS = {"at_least": "≥", "at_most": "≤"}

if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CorpusMissingError, CollectionMissingError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
