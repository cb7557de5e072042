"""The questions of a batch, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from r1agent.errors import ModelOutputError, ModelServerError, R1AgentError
from r1agent.types import Answer, Plan


class BatchError(R1AgentError):
    """The questions or the output file of a batch cannot be used as they are."""


@dataclass(frozen=True, slots=True)
class BatchItem:
    """One question of a batch."""

    id: str
    question: str
    tests: str | None = None
    """Unit tests that the code in the answer must pass."""
    within: str = ""
    """Name of the file of the one paper that is searched; empty for all."""
    plan: Plan | None = None
    """Carried out as it is; None leaves it to the assistant."""


@dataclass(frozen=True, slots=True)
class BatchResult:
    """What became of one question: an answer, or the error that stood in its way."""

    item: BatchItem
    answer: Answer | None
    seconds: float
    error: ModelServerError | ModelOutputError | None = None

    @property
    def ok(self) -> bool:
        """Whether it need not be asked again: answered, not in the papers, or refused."""
        return self.answer is not None and self.answer.outcome != "failed"

    @property
    def reason(self) -> str:
        """Why there is no answer; empty where there is one."""
        if self.ok:
            return ""
        return self.answer.message if self.answer else str(self.error)


class Asks(Protocol):
    """Anything that answers questions, such as a `ResearchAssistant`."""

    def ask(
        self,
        question: str,
        *,
        tests: str | None = None,
        within: str = "",
        plan: Plan | None = None,
    ) -> Answer:
        """Answer one question."""
        ...
