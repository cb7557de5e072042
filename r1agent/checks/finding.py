"""What a check of the gate sees and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from r1agent.checks.judging import Ask


@dataclass(frozen=True, slots=True)
class Sources:
    """What one claim rests on, all from outside the model."""

    quotes: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """What programs and tests printed."""
    question: str = ""
    context: str = ""
    """Title, year and section of the cited papers: a sentence may name them."""
    surroundings: str = ""
    """The passages that the quotes were taken from: what a quote calls `it` has its name there."""
    ask: Ask | None = None
    """Asks the chat model of the run, for a check that wants its judgement."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Why a claim does not hold."""

    support: Literal["partly", "contradicted", "unsupported"]
    reason: str


class Check(Protocol):
    """One check of the gate."""

    name: str

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return what is wrong with the claim, or None where this check has nothing against it."""
