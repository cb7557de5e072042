"""The terminal of `ask`: how soon it changes, how long it stands still, how late the answer is.

`make bench-terminal` runs all parts and writes `benchmarks/terminal.json`. Each runs the real
command in a pseudo-terminal against a scripted model server, with an index of the example papers.
Each part is kept on its own as it came out (`runs/bench-terminal/PART.json`); with `--limit` less
is measured and nothing is kept.
"""

from __future__ import annotations

import argparse
import sys

from parts import Bench
from results import Figures
from terminal_command import NotShownError

from r1agent_indexes import PaperIndexError

BENCH = Bench(
    name="terminal",
    title="The terminal",
    place_of={
        "start": ("terminal_start", "measure"),
        "thinking": ("terminal_thinking", "measure"),
        "answer": ("terminal_answer", "measure"),
    },
    packages=("rich", "typer", "pexpect"),
    seed="none: the server's replies follow from the prompts",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    arguments = _arguments()
    whole = arguments.limit is None
    measured: Figures = {}
    for part in arguments.parts:
        measured |= BENCH.measure(part, keep=whole, limit=arguments.limit)
    return BENCH.conclude(measured, whole=whole)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="terminal.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    parser.add_argument("--limit", type=int, help="run the command only so often")
    return parser.parse_args()


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (NotShownError, PaperIndexError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
