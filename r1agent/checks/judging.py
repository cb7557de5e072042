"""What a judge of entailment says, and what one looks like."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, TypeVar

from pydantic import BaseModel

Schema = TypeVar("Schema", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Judgement:
    """How likely it is that a premise supports a claim, and that it contradicts it.

    What is left of 1 is the likelihood that it says neither.
    """

    supported: float
    contradicted: float


class Ask(Protocol):
    """Have the chat model of the run fill a schema, within the run's budget."""

    def __call__(self, prompt: str, schema: type[Schema], *, max_tokens: int) -> Schema | None:
        """Return what the model filled in; None where it could not, or the budget is spent."""
        ...


class Judge(Protocol):
    """Says whether a premise entails a claim; knows neither the question nor the draft."""

    supports_at: float
    """Likelihood of support below which a claim does not hold; 0 asks for none."""
    contradicts_at: float
    """Likelihood of contradiction from which a claim counts as contradicted."""

    @property
    def method(self) -> str:
        """How entailment is judged, in the words of the audit."""
        ...

    def judge(self, premise: str, claim: str, *, ask: Ask | None = None) -> Judgement | None:
        """Judge one claim by one premise; None where no judgement could be had.

        Args:
            premise: The quotes, word for word.
            claim: The sentence that is said to follow from them.
            ask: For a judge that is the chat model of the run.
        """
        ...
