"""`r1agent eval`: what the loop adds to a small model, the gate's verdicts, and killed evaluations.

`make bench-eval` runs all parts and writes `benchmarks/eval.json`. No figure compares two parts, so
`--parts` measures some again and leaves the others as they came out; with `--limit` less is
measured and nothing is kept. The answers to problems are kept in any case, so an interrupted bench
goes on. Without `--base-url` the models are served by vLLM on this machine's CPU while the bench
runs.
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

SERVED = ("gsm8k", "humaneval", "resume")
"""Parts that ask a model; the gate's verdicts need none."""
BENCH = Bench(
    name="eval",
    title="Evaluations",
    place_of={
        "gsm8k": ("eval_problems", "measure_gsm8k"),
        "humaneval": ("eval_problems", "measure_humaneval"),
        "scifact_gate": ("eval_gate", "measure"),
        "resume": ("eval_resume", "measure"),
    },
    packages=("langchain-core", "math-verify", "torch", "numpy"),
    seed="0 for intervals, 5 for the moments of kills; the loop samples at its own temperature",
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
    parser = argparse.ArgumentParser(description=__doc__, prog="eval.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    parser.add_argument("--limit", type=int, help="measure only about so many of each")
    parser.add_argument("--base-url", help="a running server, such as http://127.0.0.1:8000/v1")
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
