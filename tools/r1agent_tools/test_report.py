"""What a check of code against unit tests found, and how far it can be trusted."""

from dataclasses import dataclass, field
from typing import ClassVar, Literal

Trust = Literal["separate process", "in-process"]


@dataclass(frozen=True, slots=True)
class TestVerdict:
    """One test's outcome."""

    __test__: ClassVar[bool] = False  # pytest would collect it by its name

    name: str
    passed: bool
    message: str
    """Why it failed; empty where it passed."""
    seconds: float


@dataclass(frozen=True, slots=True)
class TestReport:
    """Every test's outcome."""

    __test__: ClassVar[bool] = False

    results: tuple[TestVerdict, ...]
    trust: Trust
    """Where the tests ran: `in-process` tests could be deceived by the code they judge."""
    written_by: Literal["user", "model"] = "user"
    """Tests of the model's own show that it agrees with itself, not that it is right."""
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
    def verified(self) -> bool:
        """Whether every test passed, there is one, and the code could not reach its judge."""
        return self.trust == "separate process" and 0 < self.total == self.passed

    def text(self) -> str:
        """Return the report in a few lines for a model or a terminal."""
        lines = [f"{self.passed} of {self.total} tests passed."]
        lines += [f"FAILED {v.name}: {v.message}" for v in self.results if not v.passed]
        if self.trust == "in-process":
            lines.append("The tests ran in the code's own process: this does not verify it.")
        if self.written_by == "model":
            lines.append("The tests are your own: they show self-consistency, not correctness.")
        return "\n".join(lines)
