"""HumanEval's own solutions must pass the judge, and wrong ones made from them must fail.

A mutant is judged only where it fails the same tests in a plain process that nothing protects
(`_plainly_wrong`), so that a change without effect on the tests is not counted against the judge.
"""

from __future__ import annotations

import gzip
import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice

from mutants import mutants
from results import ROOT, Figures
from sandbox_hostile import HostileMissingError

from r1agent_tools import Limits, LocalSandbox, check_unit_tests

PROBLEMS = ROOT.parent / "shared" / "data" / "humaneval" / "HumanEval.jsonl.gz"
SEED = 0
MUTANTS_EACH = 3
PARALLEL = 20
PLAIN_SECONDS = 5
MUTANT_SECONDS = 5.0
_MEMORY = 2 * 1024**3


@dataclass(frozen=True, slots=True)
class Judged:
    """One solution with the tests for it, right or made wrong."""

    name: str
    solution: str
    tests: str
    right: bool


def measure(*, limit: int | None = None) -> Figures:
    """Judge all solutions and mutants one after the other, then again 20 at a time."""
    right = _read_problems(limit)
    with ThreadPoolExecutor(2) as pool:
        wrong = [
            mutant for found in pool.map(_wrong_ones, range(len(right)), right) for mutant in found
        ]
    passed, caught = _judge_all(right, wrong, workers=1)
    parallel_passed, parallel_caught = _judge_all(right, wrong, workers=PARALLEL)
    return {
        "humaneval_canonical_passed": passed,
        "humaneval_mutants": len(wrong),
        "humaneval_mutants_caught": caught,
        "humaneval_mutants_caught_share": round(caught / len(wrong), 4),
        "humaneval_parallel_passed": parallel_passed,
        "humaneval_parallel_caught": parallel_caught,
        "humaneval_parallel_caught_share": round(parallel_caught / len(wrong), 4),
    }


def _read_problems(limit: int | None) -> list[Judged]:
    if not PROBLEMS.is_file():
        raise HostileMissingError(
            f"No {str(PROBLEMS)!r}. Put the shared folder beside the project, or measure other "
            "parts with PARTS=…"
        )
    with gzip.open(PROBLEMS, "rt", encoding="utf-8") as lines:
        problems = [json.loads(line) for line in lines]
    return [
        Judged(
            problem["task_id"],
            problem["prompt"] + problem["canonical_solution"],
            f"{problem['test']}\ncheck({problem['entry_point']})\n",
            right=True,
        )
        for problem in problems[:limit]
    ]


def _wrong_ones(number: int, origin: Judged) -> list[Judged]:
    """Return the first mutants, in the seed's order, that plainly fail the tests."""
    made = (
        Judged(f"{origin.name} mutant {index}", text, origin.tests, right=False)
        for index, text in enumerate(mutants(origin.solution, seed=SEED + number))
    )
    return list(islice(filter(_plainly_wrong, made), MUTANTS_EACH))


def _plainly_wrong(mutant: Judged) -> bool:
    """Tell whether a mutant fails its tests where nothing stands between the two.

    It is our own change to a benign program, so that bounds on time and memory are enough.
    """
    program = f"{mutant.solution}\n{mutant.tests}"
    try:
        done = subprocess.run(  # noqa: S603 - our own change to a benign program
            [sys.executable, "-I", "-c", program],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            check=False,
            timeout=PLAIN_SECONDS,
            preexec_fn=_bound_memory,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def _bound_memory() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))


def _judge_all(
    right: Sequence[Judged], wrong: Sequence[Judged], *, workers: int
) -> tuple[int, int]:
    """Return how many right ones pass and how many wrong ones fail."""
    with LocalSandbox() as sandbox, ThreadPoolExecutor(workers) as pool:
        passed = sum(pool.map(lambda one: _well_judged(one, sandbox), right))
    limits = Limits(wall_seconds=MUTANT_SECONDS)  # many mutants loop for ever
    with LocalSandbox(limits=limits) as sandbox, ThreadPoolExecutor(workers) as pool:
        caught = sum(pool.map(lambda one: _well_judged(one, sandbox), wrong))
    return passed, caught


def _well_judged(one: Judged, sandbox: LocalSandbox) -> bool:
    report = check_unit_tests(one.solution, one.tests, sandbox=sandbox)
    accepted = 0 < report.total == report.passed
    if accepted != one.right:
        word = "accepted" if accepted else "rejected"
        print(f"  {word}: {one.name}: {report.text()[:300]}", flush=True)
    return accepted == one.right
