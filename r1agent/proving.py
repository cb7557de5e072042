"""Prove drafts: gate each sentence, repair it once, translate what passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document

from r1agent.asking import judge_of
from r1agent.checks.numbers import numbers_in, numbers_in_common
from r1agent.citations import CitationGate, Draft
from r1agent.evidence import Evidence
from r1agent.executor import Executor
from r1agent.quotes import choose_quotes
from r1agent.rewording import reworded
from r1agent.run import BudgetSpentError, Run
from r1agent.types import Claim, Verdict
from r1agent.verifier import unknown_inputs
from r1agent.words import is_chinese
from r1agent.writer import computed_draft, redraft, translate

REPAIRS = 2
"""Sentences of one answer that get a search of their own."""


class Prover:
    """Turn drafts into claims; only the gate decides which of them are supported."""

    def __init__(self, gate: CitationGate, executor: Executor) -> None:
        self.gate = gate
        self.executor = executor

    def prove(self, drafts: Sequence[Draft], run: Run, evidence: Evidence) -> list[Claim]:
        """Return a claim for each draft, in order, with its verdict; see `finish` for one more."""
        claims = self.repair(self.judge(drafts, run, evidence), run, evidence)
        return self.finish(claims, run, evidence)

    def judge(self, drafts: Sequence[Draft], run: Run, evidence: Evidence) -> list[Claim]:
        """Return a claim for each draft as it is."""
        return [self._judge(draft, run, evidence) for draft in drafts]

    def repair(self, claims: Sequence[Claim], run: Run, evidence: Evidence) -> list[Claim]:
        """Repair the first claims that do not hold: by a search, else by other words."""
        failed = [claim for claim in claims if not claim.verdict.supported][:REPAIRS]
        repaired = {id(claim): self._repaired(claim, run, evidence) for claim in failed}
        return [repaired.get(id(claim), claim) for claim in claims]

    def finish(self, claims: Sequence[Claim], run: Run, evidence: Evidence) -> list[Claim]:
        """Tell of each claim, and put it into the language of the question.

        Where programs ran and no sentence that holds tells what they printed, one that only
        repeats that comes first.
        """
        finished = [self._finish(claim, run) for claim in claims]
        if evidence.computations and not _tells(finished, evidence):
            finished.insert(0, self._finish(self._printed(run, evidence), run))
        return finished

    def _printed(self, run: Run, evidence: Evidence) -> Claim:
        """Judge a sentence that repeats what a program printed.

        Numbers that the program took from papers are shown with the quotes that hold them.
        """
        computation = evidence.computations[-1]
        draft = computed_draft(computation, run.question)
        claim = self.gate.judge(draft, evidence, question=run.question, ask=judge_of(run))
        inputs = unknown_inputs(computation.code, run.question)
        if not inputs or not claim.verdict.supported:
            return claim
        chosen = choose_quotes(" ".join(inputs), evidence.passages.values())
        quotes = tuple(one for one in chosen if numbers_in_common(one.quote, inputs))
        if not quotes:
            reason = "no quote holds the numbers that it was computed from"
            return replace(claim, verdict=Verdict("unsupported", "nothing", (reason,)))
        inputs_shown = self.gate.judge(replace(draft, citations=quotes), evidence).citations
        return replace(claim, citations=inputs_shown)

    def _judge(self, draft: Draft, run: Run, evidence: Evidence) -> Claim:
        """Judge a draft as it names its passages, then against all passages of the run."""
        claim = self.gate.judge(draft, evidence, question=run.question, ask=judge_of(run))
        if claim.verdict.supported or not evidence.passages:
            return claim
        return self._judge_against(claim, list(evidence.passages.values()), run, evidence)

    def _repaired(self, claim: Claim, run: Run, evidence: Evidence) -> Claim:
        found = self._searched(claim, run, evidence)
        return found if found.verdict.supported else self._reworded(claim, run, evidence)

    def _reworded(self, claim: Claim, run: Run, evidence: Evidence) -> Claim:
        """Return the first of a few other wordings that holds, else the claim."""
        for draft in reworded(claim, run, evidence):
            other = self.gate.judge(draft, evidence, question=run.question, ask=judge_of(run))
            if other.verdict.supported:
                return other
        return claim

    def _searched(self, claim: Claim, run: Run, evidence: Evidence) -> Claim:
        """Search for the sentence itself and judge it again by what else bears on the question.

        Without that condition any sentence finds some paper that shares its words.
        """
        try:
            found = self.executor.search(claim.text, run)
        except BudgetSpentError as limit:
            run.end_early(limit)
            return claim
        near = [doc for doc in found if self.executor.verifier.bears_on([doc], run.question)]
        new = evidence.add(near)
        return self._judge_against(claim, new, run, evidence) if new else claim

    def _judge_against(
        self, claim: Claim, passages: Sequence[Document], run: Run, evidence: Evidence
    ) -> Claim:
        """Return the better of the claim as it is and with quotes from other passages."""
        draft = redraft(claim.text, passages, evidence, run.question)
        other = self.gate.judge(draft, evidence, question=run.question, ask=judge_of(run))
        return other if other.verdict.supported else claim

    def _finish(self, claim: Claim, run: Run) -> Claim:
        if claim.verdict.supported and is_chinese(claim.text) != is_chinese(run.question):
            claim = self._translated(claim, run)
        run.emit(
            "claim_judged",
            text=claim.text,
            support=claim.verdict.support,
            rests_on=claim.verdict.rests_on,
            reasons=list(claim.verdict.reasons),
            quotes=[
                {"quote": one.quote, "file": one.file, "page": one.page} for one in claim.citations
            ],
            papers=[one.paper for one in claim.citations],
        )
        return claim

    def _translated(self, claim: Claim, run: Run) -> Claim:
        """Return the claim in the language of the question, if its numbers come through."""
        try:
            text = translate(claim.text, run)
        except BudgetSpentError:
            return claim
        if not text.strip():
            return claim
        before = sorted(number.value for number in numbers_in(claim.text))
        if before != sorted(number.value for number in numbers_in(text)):
            run.notice("A translation changed a number, so the sentence is shown as it was judged.")
            return claim
        return replace(claim, text=text, original=claim.text)


def _tells(claims: Sequence[Claim], evidence: Evidence) -> bool:
    """Tell whether a claim that holds has what the last program printed."""
    printed = evidence.computations[-1].output
    held = [claim for claim in claims if claim.verdict.supported]
    return any(claim.computations or numbers_in_common(claim.text, [printed]) for claim in held)
