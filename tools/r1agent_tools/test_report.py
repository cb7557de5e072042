"""What a check of code against unit tests found, and how far it can be trusted."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

Trust = Literal["separate process", "in-process"]
Author = Literal["user", "model", "solution"]

_SELF_CONSISTENCY = {
    "model": "The tests are your own: they show self-consistency, not correctness.",
    "solution": "The tests are the solution's own: they show self-consistency, not correctness.",
}


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """One test's outcome."""

    __test__: ClassVar[bool] = False  # pytest would collect it by its name

    name: str
    passed: bool
    message: str
    """Why it failed; empty where it passed."""
    seconds: float
    failing_input: str | None = None
    """The smallest input found for which it failed: a call, parameters, or a program's input."""
    trust: Trust = "separate process"
    """Where the test ran: `in-process`, the code could deceive it."""


@dataclass(frozen=True, slots=True)
class TestReport:
    """Every test's outcome."""

    __test__: ClassVar[bool] = False

    results: tuple[TestVerdict, ...]
    trust: Trust
    """Where the tests ran: `in-process` as soon as one of them did."""
    written_by: Author = "user"
    """Tests by the author of the code show that it agrees with itself, not that it is right."""
    isolation: dict[str, object] = field(default_factory=dict)
    """The sandbox's layers that were active, by name."""

    @property
    def total(self) -> int:
        """Number of tests."""
        return len(self.results)

    @property
    def passed(self) -> int:
        """Number of tests that passed."""
        return sum(verdict.passed for verdict in self.results)

    @property
    def failed(self) -> int:
        """Number of tests that did not pass, for whatever reason."""
        return self.total - self.passed

    @property
    def in_process(self) -> tuple[str, ...]:
        """Names of the tests that ran in the code's own process, which could deceive them."""
        return tuple(verdict.name for verdict in self.results if verdict.trust == "in-process")

    @property
    def self_consistency(self) -> bool:
        """Whether the tests come from the author of the code."""
        return self.written_by != "user"

    @property
    def verified(self) -> bool:
        """Whether every test passed, there is one, and the code could not reach its judge."""
        return self.trust == "separate process" and 0 < self.total == self.passed

    def text(self) -> str:
        """Return the report in a few lines for a model or a terminal."""
        lines = [f"{self.passed} of {self.total} tests passed."]
        lines += [_failure(verdict) for verdict in self.results if not verdict.passed]
        if self.trust == "in-process":
            lines.append(self._in_process_text())
        if self.self_consistency:
            lines.append(_SELF_CONSISTENCY[self.written_by])
        return "\n".join(lines)

    def _in_process_text(self) -> str:
        if len(self.in_process) in (0, self.total):
            return "The tests ran in the code's own process: this does not verify it."
        return (
            f"These tests ran in the code's own process: {', '.join(self.in_process)}. "
            "That does not verify it."
        )


def _failure(verdict: TestVerdict) -> str:
    line = f"FAILED {verdict.name}: {verdict.message}"
    return line if verdict.failing_input is None else f"{line} [input: {verdict.failing_input}]"
