"""The terminal of `ask`: how soon it changes, how long it stands still, how late the answer is.

`make bench-terminal` runs all parts and writes `benchmarks/terminal.json`. Each runs the real
command in a pseudo-terminal against a scripted model server, with an index of the example papers.
`--parts` measures some again and leaves the others as they came out; with `--limit` less is
measured and nothing is kept.
"""

from __future__ import annotations

import sys

from parts import Bench
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
    return BENCH.run(BENCH.parse_arguments(__doc__, limit="run the command only so often"))


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (NotShownError, PaperIndexError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
