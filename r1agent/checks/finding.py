"""What a check of the gate sees and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol


@dataclass(frozen=True, slots=True)
class Sources:
    """What one claim rests on, all from outside the model."""

    quotes: tuple[str, ...]
    outputs: tuple[str, ...] = ()
    """What programs and tests printed."""
    question: str = ""
    context: str = ""
    """Title, year and section of the cited papers: a sentence may name them."""


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
