"""The sandbox and the judge: hostile programs, spoofs, HumanEval, speed, leaks, ordinary work.

`make bench-sandbox` runs all parts and writes `benchmarks/sandbox.json`. No figure compares two
parts, so `--parts` measures some again and leaves the others as they came out; with `--limit` less
is measured and nothing is kept.
"""

from __future__ import annotations

import sys

from parts import Bench
from sandbox_hostile import HostileMissingError

BENCH = Bench(
    name="sandbox",
    title="The sandbox",
    place_of={
        "hostile": ("sandbox_hostile", "measure"),
        "spoofs": ("sandbox_spoofs", "measure"),
        "humaneval": ("sandbox_humaneval", "measure"),
        "speed": ("sandbox_speed", "measure"),
        "leaks": ("sandbox_leaks", "measure"),
        "ordinary": ("sandbox_ordinary", "measure"),
    },
    packages=("numpy", "scipy", "sympy", "pandas", "matplotlib"),
    seed="0 for the mutants; nothing else is drawn",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    return BENCH.run(BENCH.parse_arguments(__doc__, limit="measure only about so many of each"))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except HostileMissingError as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
