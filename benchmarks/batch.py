"""Batches: beside bare requests, their memory, killed at random moments, over a Ray cluster.

`make bench-batch` runs all parts and writes `benchmarks/batch.json`. No figure compares two parts,
so `--parts` measures some again and leaves the others as they came out; with `--limit` less is
measured and nothing is kept. What a part has done is kept as it comes, so an interrupted bench goes
on. `throughput` starts vLLM on this machine's CPU as r1agent does; `--base-url` names another
server, which nobody else may use meanwhile. The other parts have a model server of their own that
writes at once.
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

BENCH = Bench(
    name="batch",
    title="Batches",
    place_of={
        "throughput": ("batch_throughput", "measure"),
        "memory": ("batch_memory", "measure"),
        "kills": ("batch_kills", "measure"),
        "ray": ("batch_ray", "measure"),
    },
    packages=("langchain-core", "openai", "httpx2", "ray"),
    seed="6 for the questions, 11 for the moments of kills; throughput at temperature 0",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    arguments = _arguments()
    whole = arguments.limit is None
    given = {"base_url": arguments.base_url, "model": arguments.model}
    measured: Figures = {}
    for part in arguments.parts:
        options: dict[str, Any] = given if part == "throughput" else {}
        measured |= BENCH.measure(part, keep=whole, limit=arguments.limit, **options)
    return BENCH.conclude(measured, whole=whole)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="batch.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    parser.add_argument("--limit", type=int, help="measure only about so many of each")
    parser.add_argument("--base-url", help="a running vLLM, such as http://127.0.0.1:8000/v1")
    parser.add_argument("--model", help="its name, there or among the weights of .ci/setup-vllm")
    return parser.parse_args()


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers end with it
    try:
        sys.exit(main())
    except (ServerError, R1AgentError, PaperIndexError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
