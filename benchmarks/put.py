"""Put examples to a system, and score what it says: an evaluation of which nothing is kept."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from r1agent.evaluate.task import Example, Measures, Output, System


@dataclass(frozen=True, slots=True)
class Answered:
    """One example, what a system said to it, and what that measures."""

    example: Example
    output: Output
    measures: Measures
    seconds: float


def put(
    system: System,
    examples: Iterable[Example],
    score: Callable[[Example, Output], Measures],
    *,
    at_once: int = 1,
) -> list[Answered]:
    """Return what the system made of every example, in their order."""

    def answer(example: Example) -> Answered:
        began = time.perf_counter()
        output = system(example)
        spent = time.perf_counter() - began
        return Answered(example, output, score(example, output), spent)

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(answer, examples))
