"""What every sandbox offers, wherever it runs the programs."""

from collections.abc import Callable, Mapping
from typing import Protocol, Self

from r1agent_tools.sandbox.frames import Frame
from r1agent_tools.sandbox.result import ExecutionResult

AnswerCall = Callable[[Frame], Frame]


class Session(Protocol):
    """One confined process with its own names and its own folder."""

    def run(self, code: str) -> ExecutionResult:
        """Run a cell; names of earlier cells are still there."""
        ...

    def exchange(self, request: Frame, *, answer_call: AnswerCall | None = None) -> Frame | None:
        """Send one request of the judge's; None when the process ended or ran too long.

        Args:
            request: `call` (a function of the session) or `test` (one test).
            answer_call: Answers the questions that a test asks while it runs.
        """
        ...

    def close(self) -> None:
        """End the process and remove its folder."""
        ...


class Sandbox(Protocol):
    """A place that runs programs which nobody has to trust."""

    @property
    def isolation(self) -> Mapping[str, object]:
        """The layers that are active, by name."""
        ...

    def run(self, code: str) -> ExecutionResult:
        """Run a cell in the sandbox's own session."""
        ...

    def new_session(self) -> Session:
        """Start another session, which shares nothing with the others."""
        ...

    def close(self) -> None:
        """End all sessions."""
        ...

    def __enter__(self) -> Self:
        """Return the sandbox."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close the sandbox."""
        ...
