"""The checks that every sentence passes, in their order."""

from __future__ import annotations

from langchain_core.embeddings import Embeddings

from r1agent.checks.attachment import AttachmentCheck
from r1agent.checks.bearing import BearingCheck
from r1agent.checks.bounds import BoundCheck
from r1agent.checks.computed import ComputedCheck
from r1agent.checks.counted import CountCheck
from r1agent.checks.dates import DateCheck
from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.finding import Check
from r1agent.checks.judging import Judge
from r1agent.checks.names import NameCheck
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import NumberCheck
from r1agent.checks.opposition import OppositionCheck
from r1agent.checks.subjects import SubjectCheck


def standard_checks(
    embeddings: Embeddings | None = None, *, judge: Judge | None = None
) -> list[Check]:
    """Return a new list of all checks; give `CitationGate` a shorter one to leave some out.

    Args:
        embeddings: For closeness in meaning.
        judge: What judges entailment; by default `Floors`.
    """
    return [
        NumberCheck(),
        CountCheck(),
        BoundCheck(),
        AttachmentCheck(),
        DateCheck(),
        NameCheck(),
        SubjectCheck(),
        BearingCheck(),
        NegationCheck(),
        OppositionCheck(),
        ComputedCheck(),
        EntailmentCheck(embeddings, judge=judge),
    ]
