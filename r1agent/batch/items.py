"""The questions of a batch, and what became of each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import httpx2
import openai

from r1agent.errors import ModelOutputError, ModelServerError, R1AgentError
from r1agent.models.failures import RequestRefusedError
from r1agent.types import Answer, Plan, Usage

_TOO_BUSY = (429, 503)


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

    @property
    def is_overload(self) -> bool:
        """Whether the server had too much to do: it turned it away, or did not come to it."""
        cause = self.error.__cause__ if self.error else None
        if isinstance(cause, openai.APIStatusError):
            return cause.status_code in _TOO_BUSY
        return isinstance(cause, openai.APITimeoutError | httpx2.TimeoutException)

    @property
    def is_servers_fault(self) -> bool:
        """Whether the server failed, and may answer the same question another time."""
        error = self.error
        return isinstance(error, ModelServerError) and not isinstance(error, RequestRefusedError)

    @property
    def usage(self) -> dict[str, Usage]:
        """What it cost, by role; a question that ended with an error does not tell."""
        return self.answer.audit.usage if self.answer else {}


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
