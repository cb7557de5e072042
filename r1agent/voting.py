"""Answers drafted apart: what two of them say, and the gate lets through, is shown.

A small model that does not know writes something else each time. Selection by agreement pays (Wang
et al., Self-Consistency, ICLR 2023), by the support of citations too (Gao et al., ALCE, EMNLP
2023); a model that reads its own answer again does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from r1agent.checks.numbers import numbers_in
from r1agent.evidence import Evidence
from r1agent.proving import Prover
from r1agent.run import Run
from r1agent.types import Claim, Verdict
from r1agent.words import content_words
from r1agent.writer import Writer

_SHARED = 0.5
"""Share of the words that a sentence adds to the question, which another draft must have."""
_APART = "answers drafted apart do not agree on it"
_BESIDE = "the sentence that was to answer does not hold"


def prove_drafts(writer: Writer, prover: Prover, run: Run, evidence: Evidence) -> list[Claim]:
    """Have the answer drafted and return its claims, proved.

    Where the profile asks for several drafts, one is shown whose first sentence holds and says
    what another draft says too; they are written until there is one. Drafts that are silent agree
    with each other. What only one draft says is returned as not supported.
    """
    if run.profile.drafts == 1 or not evidence.passages:
        return prover.prove(writer.write(run, evidence), run, evidence)
    judged: list[list[Claim]] = []
    while len(judged) < run.profile.drafts and not run.ended_early:
        drafts = writer.write(run, evidence, ahead=0 if judged else 1)  # two at least must agree
        judged.append(prover.judge(drafts, run, evidence))
        chosen = _agreed(judged, run.question)
        if chosen is not None:
            return prover.finish(chosen, run, evidence)
    return prover.finish(_left(judged, prover, run, evidence), run, evidence)


def agrees(sentence: str, other: str, question: str) -> bool:
    """Tell whether another text says what a sentence adds to the question: numbers and words."""
    given = {number.value for number in numbers_in(question)}
    stated = {number.value for number in numbers_in(sentence)} - given
    if not stated <= {number.value for number in numbers_in(other)}:
        return False
    added = set(content_words(sentence)) - set(content_words(question))
    return len(added & set(content_words(other))) >= _SHARED * len(added)


def _agreed(judged: Sequence[list[Claim]], question: str) -> list[Claim] | None:
    """Return the first draft that holds and that another one agrees with; None where none is."""
    if sum(not claims for claims in judged) > 1:
        return []
    return next((one for one in judged if _holds(one) and _is_shared(one, judged, question)), None)


def _holds(claims: Sequence[Claim]) -> bool:
    return bool(claims) and claims[0].verdict.supported


def _is_shared(claims: list[Claim], judged: Sequence[list[Claim]], question: str) -> bool:
    return any(
        agrees(claims[0].text, " ".join(one.text for one in other), question)
        or (_holds(other) and rest_on_the_same(claims[0], other[0]))
        for other in judged
        if other is not claims
    )


def rest_on_the_same(claim: Claim, other: Claim) -> bool:
    """Tell whether two claims have the same best quote and state the same numbers.

    Other words for one sentence of a paper are no other answer.
    """
    if not claim.citations or not other.citations:
        return False
    numbers = [{number.value for number in numbers_in(one.text)} for one in (claim, other)]
    best, other_best = claim.citations[0], other.citations[0]
    return best.quote == other_best.quote and numbers[0] == numbers[1]


def _left(
    judged: Sequence[list[Claim]], prover: Prover, run: Run, evidence: Evidence
) -> list[Claim]:
    """Return what is left where no draft is chosen: repaired where it can be, else not supported.

    A limit that let only one draft be written leaves that one as it is.
    """
    written = [claims for claims in judged if claims]
    if not written or (run.ended_early and len(judged) == 1):
        return [claim for claims in written for claim in claims]
    claims = next((one for one in written if _holds(one)), None)
    if claims is not None:
        return [_unsupported(claim, _APART) for claim in claims]
    shared = next((one for one in written if _is_shared(one, judged, run.question)), None)
    if shared is None:
        return [_unsupported(claim, _BESIDE) for claim in written[0]]
    repaired = prover.repair(shared, run, evidence)
    return repaired if _holds(repaired) else [_unsupported(one, _BESIDE) for one in repaired]


def _unsupported(claim: Claim, reason: str) -> Claim:
    """Return the claim as not shown; what was found against it stays."""
    if not claim.verdict.supported:
        return claim
    return replace(claim, verdict=Verdict("unsupported", claim.verdict.rests_on, (reason,)))
