"""Serving: a batch beside bare requests, the prefix cache, killed servers, commands that fit.

`make bench-serve` runs all parts and writes `benchmarks/serve.json`. No figure compares two parts,
so `--parts` measures some again and leaves the others as they came out; with `--limit` less is
measured and nothing is kept. The turns of `throughput` and the series of `kills` are kept as they
come, so an interrupted bench goes on. Each part starts vLLM on this machine's CPU as r1agent does;
`--base-url` names another server for `throughput` and `prefix`, which nobody else may use
meanwhile.
"""

from __future__ import annotations

import argparse
import signal
import sys
from typing import Any

from parts import Bench
from results import Figures
from served import ServerError

from r1agent.errors import R1AgentError
from r1agent_indexes import PaperIndexError

SERVED = ("throughput", "prefix")
"""Parts that may be measured with any server; `kills` needs one of its own, with a small model."""
BENCH = Bench(
    name="serve",
    title="Serving",
    place_of={
        "throughput": ("serve_throughput", "measure"),
        "prefix": ("serve_prefix", "measure"),
        "kills": ("serve_kills", "measure"),
        "dry_run": ("serve_dry_run", "measure"),
    },
    packages=("langchain-core", "openai", "httpx2"),
    seed="5 for the moments of kills; throughput at temperature 0, else the product's own",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    arguments = _arguments()
    whole = arguments.limit is None
    given = {"base_url": arguments.base_url, "model": arguments.model}
    measured: Figures = {}
    for part in arguments.parts:
        options: dict[str, Any] = given if part in SERVED else {}
        measured |= BENCH.measure(part, keep=whole, limit=arguments.limit, **options)
    return BENCH.conclude(measured, whole=whole)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="serve.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    parser.add_argument("--limit", type=int, help="measure only about so many of each")
    parser.add_argument("--base-url", help="a running vLLM, such as http://127.0.0.1:8000/v1")
    parser.add_argument("--model", help="its name, there or among the weights of .ci/setup-vllm")
    return parser.parse_args()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server ends with it
    try:
        sys.exit(main())
    except (ServerError, R1AgentError, PaperIndexError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
