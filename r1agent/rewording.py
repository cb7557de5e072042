"""A sentence that the gate did not let through, worded anew a few times from one request."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from langchain_core.documents import Document

from r1agent.citations import Draft
from r1agent.context import fit
from r1agent.evidence import Evidence
from r1agent.filler import is_beside, is_filler
from r1agent.prompts import computation_block, passage_block, rewording_prompt
from r1agent.run import BudgetSpentError, Run
from r1agent.types import Claim
from r1agent.writer import is_echo, marked_sentences, redraft

_TOKENS = 120


def reworded(claim: Claim, run: Run, evidence: Evidence) -> Iterator[Draft]:
    """Yield other wordings of a sentence, as many as the profile allows.

    They are sampled in one request whose beginning is that of the answer, so that a server reads
    almost nothing again. One that cannot do that is not asked: a request for each costs too much.
    """
    passages = list(evidence.passages.values())[: run.profile.passages]
    if not passages or run.ended_early:
        return

    def prompt_of(some: Sequence[Document]) -> str:
        shown = passage_block(some) + computation_block(evidence.computations)
        return rewording_prompt(run.question, shown, claim.text, claim.verdict.reasons)

    passages = fit(passages, prompt_of, run, role="writer", max_tokens=_TOKENS)
    prompt = prompt_of(passages)
    for left in reversed(range(run.profile.rewordings)):
        if not run.writes_ahead:
            return
        try:
            reply = run.complete("writer", prompt, max_tokens=_TOKENS, ahead=left)
        except BudgetSpentError as limit:
            run.end_early(limit)
            return
        text, marks = next(iter(marked_sentences(reply)), ("", []))
        if not text or is_echo(text, prompt, passages) or is_filler(text, run.question):
            continue
        if is_beside(text, run.question):
            continue
        named = [passages[mark - 1] for mark in marks if 0 < mark <= len(passages)]
        yield redraft(text, named or passages, evidence, run.question)
