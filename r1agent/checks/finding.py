"""What a check of the gate sees and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    origins: tuple[str, ...] = ()
    """The paper of each quote."""
    papers: Mapping[str, str] = field(default_factory=dict)
    """Title and passages of every paper of the run, by its id."""
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
