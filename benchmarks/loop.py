"""The loop: questions about papers, the gate without a model, injections, and its own time.

`make bench-loop` runs all parts and writes `benchmarks/loop.json`. No figure compares two parts,
so `--parts` measures some again and leaves the others as they came out; with `--limit` or `--arms`
less is measured and nothing is kept. The answers to questions
are kept in any case, so an interrupted bench goes on. Without `--base-url` the 1.5B model is
served by vLLM on this machine's CPU while the bench runs.
"""

from __future__ import annotations

import argparse
import os
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from injected_papers import InjectionsMissingError
from loop_arms import ARMS
from loop_qa import EVERY, REPEATS, WORK
from parts import Bench
from quotes import CorpusMissingError
from results import Figures
from served import ServerError, serving

from r1agent.errors import R1AgentError
from r1agent_indexes import PaperIndexError

MISSING = (CorpusMissingError, InjectionsMissingError)
MODEL = "qwen2.5-coder-1.5b"
SERVED = ("qa", "scifact", "injections")
"""Parts that put many requests at once to the model; `own_time` times the embedded engine, and
another server only where one is named."""
BENCH = Bench(
    name="loop",
    title="The loop",
    place_of={
        "qa": ("loop_qa", "measure"),
        "scifact": ("loop_scifact", "measure"),
        "faults": ("loop_faults", "measure"),
        "sentences": ("loop_sentences", "measure"),
        "injections": ("loop_injections", "measure"),
        "own_time": ("loop_own_time", "measure"),
    },
    packages=("langchain-core", "torch", "sentence-transformers", "numpy"),
    seed="0 for faults and resampling; the model samples at its own temperature",
)


def main() -> int:
    """Measure the parts asked for, print the table, and write what is there."""
    arguments = _arguments()
    whole = arguments.limit is None and tuple(arguments.arms) == ARMS
    measured: Figures = {}
    with _served(arguments):
        for part in (part for part in arguments.parts if part in SERVED):
            measured |= _measure(part, arguments, keep=whole)
    for part in (part for part in arguments.parts if part not in SERVED):
        measured |= _measure(part, arguments, keep=whole)
    return BENCH.conclude(measured, whole=whole)


@contextmanager
def _served(arguments: argparse.Namespace) -> Iterator[None]:
    """Name the server and the model to the parts as settings; start vLLM where none is named."""
    if arguments.model:
        os.environ["R1AGENT_MODEL"] = arguments.model
    if arguments.base_url:
        os.environ["R1AGENT_BASE_URL"] = arguments.base_url
    if "R1AGENT_BASE_URL" in os.environ or not set(arguments.parts) & set(SERVED):
        yield
        return
    name = os.environ.setdefault("R1AGENT_MODEL", MODEL)
    with serving(name, WORK / "vllm.log") as server:
        own = {"R1AGENT_BASE_URL": server.base_url, "R1AGENT_API_KEY": server.key or ""}
        os.environ |= own
        yield
    for variable in own:
        del os.environ[variable]


def _measure(part: str, arguments: argparse.Namespace, *, keep: bool) -> Figures:
    options: dict[str, Any] = {}
    if part == "qa":
        options = {name: getattr(arguments, name) for name in ("arms", "every", "repeats", "fresh")}
    return BENCH.measure(part, keep=keep, limit=arguments.limit, **options)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, prog="loop.py")
    known = ", ".join(BENCH.place_of)
    parser.add_argument("--parts", default="all", type=BENCH.parse_parts, help=known)
    parser.add_argument("--limit", type=int, help="measure only about so many of each")
    parser.add_argument("--base-url", help="a running model server, such as http://127.0.0.1:8000")
    parser.add_argument("--model", help=f"a name at the server (default: its own, or {MODEL})")
    parser.add_argument("--arms", default=ARMS, type=_arms, help=", ".join(ARMS))
    parser.add_argument("--every", type=int, default=EVERY, help="questions for the ablations")
    parser.add_argument("--repeats", type=int, default=REPEATS, help="times each question is asked")
    parser.add_argument("--fresh", action="store_true", help="ask all questions anew")
    return parser.parse_args()


def _arms(text: str) -> Sequence[str]:
    unknown = sorted(set(text.split(",")) - set(ARMS))
    if unknown:
        raise argparse.ArgumentTypeError(f"no arm {unknown[0]!r}; known: {', '.join(ARMS)}")
    return tuple(text.split(","))


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the server ends with it
    try:
        sys.exit(main())
    except (*MISSING, ServerError, R1AgentError, PaperIndexError) as error:
        sys.exit(f"error: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
