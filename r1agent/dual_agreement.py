"""Choose among solutions by the tests that they pass alike: dual agreement.

After Chen et al. 2022, “CodeT: Code Generation with Generated Tests”, section 2: solutions that
pass the same tests form a consensus set, and a set counts by its solutions times its tests.
Solutions and tests come from the same model, so agreement shows self-consistency, no more.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from dataclasses import dataclass

from r1agent.errors import ModelOutputError
from r1agent.types import ToolResult
from r1agent_tools import TestReport

SOLUTIONS = 3
"""Solutions that are written apart at most; two that pass every test end it earlier."""
MOST_TESTS = 6
_AGREEING = 2
_TESTS_PASSED = 0.5  # share of the tests that a set must pass: else it agrees on next to nothing


@dataclass(frozen=True, slots=True)
class ConsensusSet:
    """Solutions that pass the same tests."""

    solutions: tuple[str, ...]
    """In the order in which they were written; one that was written twice alike stands twice."""
    passed: tuple[int, ...]
    """Places of the tests that all of them pass."""
    tests: tuple[str, ...]
    """All tests."""
    written: int
    """How many solutions there are in all sets."""

    @property
    def score(self) -> int:
        """Solutions times tests (CodeT, equation 2)."""
        return len(self.solutions) * len(self.passed)

    @property
    def agrees(self) -> bool:
        """Whether two solutions at least pass half of the tests at least."""
        enough = len(self.passed) >= _TESTS_PASSED * len(self.tests)
        return len(self.solutions) >= _AGREEING and enough

    @property
    def tests_passed(self) -> str:
        """Source of the tests that all of them pass."""
        return "\n".join(self.tests[place] for place in self.passed)

    def __str__(self) -> str:
        """Say who agrees on what."""
        return (
            f"{len(self.passed)} of {len(self.tests)} tests passed, alike by "
            f"{len(self.solutions)} of {self.written} solutions written apart"
        )


def best_consensus(results: Sequence[ToolResult]) -> ConsensusSet | None:
    """Return the consensus set with the highest score, the earliest of equals; None without one.

    Args:
        results: Checks of solutions against the model's own tests, in order. Those with the tests
            of the first one count; a later one with fewer tests confirms a set.
    """
    if not results:
        return None
    tests = results[0].call.arguments["tests"]
    checks = [one for one in results if one.call.arguments["tests"] == tests]
    reports = {
        one.call.arguments["solution"]: one.artifact
        for one in checks
        if isinstance(one.artifact, TestReport)
    }
    sets: dict[tuple[int, ...], list[str]] = {}
    for check in checks:  # a solution that came again was not run again, and counts again
        solution = check.call.arguments["solution"]
        if solution in reports:
            sets.setdefault(_passed(reports[solution]), []).append(solution)
    each = tuple(asserts(tests))
    found = [ConsensusSet(tuple(of), at, each, len(checks)) for at, of in sets.items()]
    return max(found, key=lambda one: one.score, default=None)


def _passed(report: TestReport) -> tuple[int, ...]:
    return tuple(place for place, one in enumerate(report.results) if one.passed)


def asserts(source: str) -> list[str]:
    """Return the plain `assert` statements of a text, each once, at most six."""
    nodes = [node for node in _body(source) if isinstance(node, ast.Assert)]
    found = (ast.get_source_segment(source, node) or "" for node in nodes)
    return [text for text in dict.fromkeys(found) if text][:MOST_TESTS]


def signature(code: str, question: str) -> str:
    """Return the first line of the function that was asked for: solutions and tests share it.

    Raises:
        ModelOutputError: The code defines no function.
    """
    functions = [node for node in _body(code) if isinstance(node, ast.FunctionDef)]
    if not functions:
        raise ModelOutputError("found no function in the reply, wanted `def name(...):`")
    named = [one for one in functions if one.name in question]
    chosen = (named or functions)[-1]
    try:
        return f"def {chosen.name}({ast.unparse(chosen.args)}):"
    except RecursionError as error:
        raise ModelOutputError(f"found a default of `{chosen.name}` nested too deeply") from error


def _body(source: str) -> list[ast.stmt]:
    try:
        return ast.parse(source).body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
