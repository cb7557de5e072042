"""One test that can be run, whatever its form."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar

from r1agent_tools.test_report import Trust


class NoTestsError(ValueError):
    """The tests hold nothing that could be checked."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Whether a test passed, and what its author should know where it did not."""

    passed: bool
    message: str = ""
    failing_input: str | None = None


@dataclass(frozen=True, slots=True)
class PlannedTest:
    """A test's name and the way to run it in fresh processes."""

    __test__: ClassVar[bool] = False

    name: str
    run: Callable[[], Outcome]
    trust: Trust = "separate process"
