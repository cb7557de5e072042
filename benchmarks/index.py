"""The index: reading, ingest, killed builds, quality of search, and search at scale.

`make bench-index` runs all parts, about an hour on two cores, and writes `benchmarks/index.json`.
No figure compares two parts, so `--parts` measures some again and leaves the others as they came
out.
"""

from __future__ import annotations

import argparse
import sys

from parts import Bench
from quotes import CorpusMissingError
from start_up import peer_version

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.setting import versions

BENCH = Bench(
    name="index",
    title="The index",
    place_of={
        "reading": ("index_reading", "measure"),
        "quality": ("index_quality", "measure"),
        "search": ("index_search", "measure"),
        "ingest": ("index_ingest", "measure"),
        "memory": ("index_ingest", "measure_peaks"),
        "kills": ("index_kills", "measure"),
    },
    packages=(
        "torch",
        "sentence-transformers",
        "faiss-cpu",
        "pypdfium2",
        "pypdf",
    ),
    seed="0 throughout",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    for part in _arguments().parts:
        print(f"Measuring: {part}", flush=True)
        figures = BENCH.function_of(part)()
        BENCH.keep(part, figures | {"versions": _versions()})
    BENCH.show()
    return 0


def _versions() -> str:
    return f"{versions(BENCH.packages, absent=True)}, paper-qa {peer_version()}"


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="index.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (CorpusMissingError, EvaluationError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
