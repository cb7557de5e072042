"""Who says otherwise: passages of other papers that contradict a sentence of the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.checks.negations import reversal
from r1agent.citations import CitationGate
from r1agent.evidence import Evidence
from r1agent.quotes import quotable
from r1agent.types import Citation, Claim, Contradiction

MOST = 3
_SAME_MATTER = 0.6
"""Share of the claim's words that a passage must hold to speak of the same matter."""


def find_contradictions(
    claims: Sequence[Claim], evidence: Evidence, gate: CitationGate
) -> tuple[Contradiction, ...]:
    """Look through the passages of the run for sentences that turn a supported claim around.

    Only papers that the claim does not cite count, one sentence of each; at most three in all.
    """
    found: dict[tuple[str, str], Contradiction] = {}
    for claim in claims:
        if claim.verdict.supported and claim.citations:
            for contradiction in _against(claim, evidence):
                found.setdefault((claim.text, contradiction.citation.paper), contradiction)
    placed = ((one, gate.place(one.citation, evidence)) for one in found.values())
    verbatim = [
        Contradiction(one.claim, citation, one.reason)
        for one, citation in placed
        if isinstance(citation, Citation)
    ]
    return tuple(verbatim[:MOST])


def _against(claim: Claim, evidence: Evidence) -> Iterator[Contradiction]:
    cited = {citation.paper for citation in claim.citations}
    judged = claim.original or claim.text
    for passage in evidence.passages.values():
        if passage.metadata.get("paper") in cited:
            continue
        for citation in quotable(passage):
            sources = Sources((citation.quote,), context=citation.title)
            reason = reversal(judged, citation.quote)
            if reason and coverage(judged, citation.quote, sources) >= _SAME_MATTER:
                yield Contradiction(claim.text, citation, reason)
