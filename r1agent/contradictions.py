"""Who says otherwise: passages of other papers that contradict a sentence of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from r1agent.checks.entailment import EntailmentCheck, coverage
from r1agent.checks.finding import Sources
from r1agent.checks.judging import Ask, Judge
from r1agent.checks.negations import reversal
from r1agent.citations import CitationGate
from r1agent.evidence import Evidence
from r1agent.executor import Executor
from r1agent.quotes import quotable
from r1agent.run import BudgetSpentError, Run
from r1agent.types import Citation, Claim, Contradiction

MOST = 3
_SAME_MATTER = 0.6
"""Share of the claim's words that a passage must hold to speak of the same matter."""
_SURE = 0.9
"""What a judge must give to a contradiction that no word shows: it ends up before the reader."""
_JUDGED = 12
"""Sentences of one answer that such a judge is asked about."""


def look_for_others(
    claims: Sequence[Claim], executor: Executor, run: Run, evidence: Evidence
) -> None:
    """Search once for the first sentence that holds, so that who says otherwise can be found.

    Without it only passages that answer the question are at hand. Nothing happens where no call is
    left, or nothing holds.
    """
    held = [claim for claim in claims if claim.verdict.supported and claim.citations]
    if not held or run.calls_left < 1:
        return
    try:
        evidence.add(executor.search(held[0].original or held[0].text, run))
    except BudgetSpentError:
        return


def find_contradictions(
    claims: Sequence[Claim], evidence: Evidence, gate: CitationGate, *, ask: Ask | None = None
) -> tuple[Contradiction, ...]:
    """Look through the passages of the run for sentences that turn a supported claim around.

    Only papers that the claim does not cite count, one sentence of each; at most three in all.

    Args:
        claims: The sentences of the answer.
        evidence: The passages of the run.
        gate: Places quotes; the judge of its check of entailment judges here too.
        ask: For a judge that is the chat model of the run.
    """
    judge = judge_of_gate(gate)
    found: dict[tuple[str, str], Contradiction] = {}
    for claim in claims:
        if claim.verdict.supported and claim.citations:
            for contradiction in _against(claim, evidence, judge, ask):
                found.setdefault((claim.text, contradiction.citation.paper), contradiction)
    placed = ((one, gate.place(one.citation, evidence)) for one in found.values())
    verbatim = [
        Contradiction(one.claim, citation, one.reason)
        for one, citation in placed
        if isinstance(citation, Citation)
    ]
    return tuple(verbatim[:MOST])


def says_otherwise(
    claim: str, citation: Citation, judge: Judge | None, *, ask: Ask | None = None
) -> str | None:
    """Say in what a quote contradicts a claim, or None; sure rather than complete.

    Either a word shows it, and the judge at least does not see support; or a judge that can tell
    support from silence is sure of it.
    """
    if coverage(claim, citation.quote, _sources(citation)) < _SAME_MATTER:
        return None
    reason = reversal(claim, citation.quote)
    judgement = judge.judge(citation.quote, claim, ask=ask) if judge is not None else None
    if judge is None or judgement is None:
        return reason
    if reason and judgement.contradicted >= judgement.supported:
        return reason
    if judge.supports_at and judgement.contradicted >= _SURE:
        return f"says otherwise, by {judge.method}"
    return None


def _sources(citation: Citation) -> Sources:
    return Sources((citation.quote,), context=citation.title)


def judge_of_gate(gate: CitationGate) -> Judge | None:
    """Return what judges entailment in a gate, where it has such a check."""
    judges = (check.judge for check in gate.checks if isinstance(check, EntailmentCheck))
    return next(judges, None)


def _against(
    claim: Claim, evidence: Evidence, judge: Judge | None, ask: Ask | None
) -> Iterator[Contradiction]:
    cited = {citation.paper for citation in claim.citations}
    others = [one for one in evidence.passages.values() if one.metadata.get("paper") not in cited]
    judged = claim.original or claim.text
    near = [
        citation
        for passage in others
        for citation in quotable(passage)
        if coverage(judged, citation.quote, _sources(citation)) >= _SAME_MATTER
    ]
    for citation in near[:_JUDGED]:
        reason = says_otherwise(judged, citation, judge, ask=ask)
        if reason:
            yield Contradiction(claim.text, citation, reason)
