"""One question on its way to an answer: clock, journal, budget, and each call to the model."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import HumanMessage
from pydantic import BaseModel

from r1agent.models.structured import complete, fill
from r1agent.profiles import Profile
from r1agent.types import Event, EventName, Usage

Listener = Callable[[Event], None]
Schema = TypeVar("Schema", bound=BaseModel)


class BudgetSpentError(Exception):
    """A limit of the run is reached; the run goes on to answer with what there is."""


@dataclass(frozen=True, slots=True)
class Limits:
    """What one run may use; each limit ends it with what it has found so far."""

    tool_calls: int = 12
    tokens: int = 200_000
    """Prompt and completion tokens together."""
    seconds: float | None = None


class Run:
    """What the parts of the loop share while one question is answered.

    Args:
        run_id: Names the run in the journal.
        question: As the user asked it.
        model: Every request goes to it through `fill` and `complete`.
        profile: How to treat that model.
        limits: When to stop.
        listeners: Called with every event, in order; the journal is one of them.
        tests: Unit tests that the user gave, if any.
    """

    def __init__(
        self,
        run_id: str,
        question: str,
        *,
        model: BaseChatModel,
        profile: Profile,
        limits: Limits,
        listeners: Sequence[Listener] = (),
        tests: str | None = None,
    ) -> None:
        self.id = run_id
        self.question = question
        self.tests = tests
        self.profile = profile
        self.limits = limits
        self.model_name = model_name_of(model)
        self.usage: dict[str, Usage] = {}
        self.notices: list[str] = []
        self.tool_calls = 0
        self.ended_early = False
        """Whether a limit ended the run before it was done."""
        self.abstained = False
        """Whether the writer said that the papers do not answer."""
        self._model = model
        self._listeners = tuple(listeners)
        self._started = time.monotonic()

    @property
    def seconds(self) -> float:
        """Seconds since the run started."""
        return time.monotonic() - self._started

    @property
    def calls_left(self) -> int:
        """Tool calls that are left."""
        return self.limits.tool_calls - self.tool_calls

    def emit(self, name: EventName, **data: Any) -> None:
        """Tell every listener what happened."""
        event = Event(name, round(self.seconds, 3), data)
        for listener in self._listeners:
            listener(event)

    def notice(self, text: str) -> None:
        """Note something the reader should know; it is shown now and again in the audit."""
        if text not in self.notices:
            self.notices.append(text)
            self.emit("notice", text=text)

    def end_early(self, limit: BudgetSpentError) -> None:
        """Note that a limit was reached; what was found so far is what the answer rests on."""
        self.ended_early = True
        self.notice(f"Ended early: {limit}.")

    def fill(self, role: str, prompt: str, schema: type[Schema], *, max_tokens: int) -> Schema:
        """Have the model fill in one schema.

        Raises:
            ModelOutputError: The model's text did not fit the schema, twice.
            BudgetSpentError: A limit was reached before the call.
        """
        self.check_budget()
        tokens = max_tokens + self.profile.thinking_tokens
        filled = fill(
            self._model,
            [HumanMessage(prompt)],
            schema,
            max_tokens=tokens,
            starts_in_thought=self.profile.starts_in_thought,
        )
        self._count(role, filled.usage)
        return filled.value

    def complete(self, role: str, prompt: str, *, max_tokens: int) -> str:
        """Have the model write free text; its thoughts are left out.

        Raises:
            BudgetSpentError: A limit was reached before the call.
        """
        self.check_budget()
        tokens = max_tokens + self.profile.thinking_tokens
        completion = complete(
            self._model,
            [HumanMessage(prompt)],
            max_tokens=tokens,
            starts_in_thought=self.profile.starts_in_thought,
        )
        self._count(role, completion.usage)
        return completion.text

    def check_budget(self) -> None:
        """Raise `BudgetSpentError` where a limit of tokens or seconds is reached."""
        spent = sum(one.prompt_tokens + one.completion_tokens for one in self.usage.values())
        if spent >= self.limits.tokens:
            raise BudgetSpentError(f"the limit of {self.limits.tokens} tokens is reached")
        if self.limits.seconds is not None and self.seconds >= self.limits.seconds:
            raise BudgetSpentError(f"the limit of {self.limits.seconds:g} seconds is reached")

    def _count(self, role: str, usage: Usage) -> None:
        self.usage[role] = self.usage.get(role, Usage()) + usage


def model_name_of(model: BaseChatModel) -> str:
    """Return the name under which a model is served, or its class where it has none."""
    return str(getattr(model, "model_name", type(model).__name__))
