"""From judged claims to the answer: outcome, support rate, confidence, what was not found."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from r1agent.asking import judge_of
from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.checks.numbers import numbers_in
from r1agent.citations import CitationGate
from r1agent.contradictions import find_contradictions
from r1agent.evidence import Evidence
from r1agent.quotes import choose_quotes, context_of, is_sentence
from r1agent.run import Run
from r1agent.types import Answer, Audit, Citation, Claim, Outcome, Plan, Trajectory, Verdict
from r1agent.verifier import verify_tests
from r1agent.words import content_words, is_chinese

_EXTRACTS = 3
_DOING = ("python", "unit_tests")
_ASKED = re.compile(r"\b(?:how many|how much|which|what) ((?:\w+ ?){1,3})", re.IGNORECASE)
_BEARING = 0.5
"""Share of the question's words that quotes must hold to stand as an answer on their own."""


def conclude(
    run: Run,
    plan: Plan,
    trajectory: Trajectory,
    claims: Sequence[Claim],
    evidence: Evidence,
    gate: CitationGate,
) -> Answer:
    """Sum a run up as an answer.

    Sentences that are not supported are left out. When none is left, the quotes nearest to the
    question stand in for them where they bear on it. Otherwise the run failed, or it is told
    what the silence is: of the search, of the model, or of sentences that all failed.
    """
    claims = _without_the_computed(claims, trajectory, run)
    shown = tuple(claim for claim in claims if claim.verdict.supported)
    dropped = tuple(claim for claim in claims if not claim.verdict.supported)
    extracts = () if shown else _in_place_of(claims, run, evidence, gate)
    contradictions = find_contradictions(shown, evidence, gate, ask=judge_of(run))
    outcome = _outcome(run, claims, extracts, trajectory, evidence)
    return Answer(
        run=run.id,
        question=run.question,
        outcome=outcome,
        claims=shown,
        plan=plan,
        trajectory=trajectory,
        audit=_audit(run, trajectory, claims, gate, disputed=bool(contradictions)),
        dropped=dropped,
        extracts=extracts,
        contradictions=contradictions,
        code=tested_code(trajectory),
        message="" if shown else _message(outcome, run, trajectory, dropped),
    )


def _without_the_computed(
    claims: Sequence[Claim], trajectory: Trajectory, run: Run
) -> Sequence[Claim]:
    """Let no sentence stand in for a computation that was asked for and not verified.

    Only where the question's kind made the plan: it has a program then because the question asks
    for one. A plan that a model wrote may have it for a part of the answer.
    """
    computed = [step for step in trajectory.steps if step.plan_step.tool == "python"]
    if run.profile.plans_freely or not computed or any(one.verdict.supported for one in computed):
        return claims
    verdict = Verdict("unsupported", "nothing", ("what was asked for could not be computed",))
    return [replace(claim, verdict=verdict) for claim in claims]


def refused(run: Run, why: str) -> Answer:
    """Return the answer to a question that was not taken up: nothing was asked of any model."""
    return Answer(
        run=run.id,
        question=run.question,
        outcome="refused",
        claims=(),
        plan=Plan(()),
        trajectory=Trajectory(),
        audit=Audit(
            support_rate=0.0,
            confidence="none",
            notices=tuple(run.notices),
            seconds=round(run.seconds, 2),
            model=run.model_name,
            engine=run.engine,
        ),
        message=why,
    )


def _in_place_of(
    claims: Sequence[Claim], run: Run, evidence: Evidence, gate: CitationGate
) -> tuple[Citation, ...]:
    """Return quotes of sentences that hold in part, if they bear on the question, or near ones."""
    held = quotes_instead(claims)
    return held if _bear_on(run.question, held) else nearest_quotes(run, evidence, gate)


def quotes_instead(claims: Sequence[Claim]) -> tuple[Citation, ...]:
    """Return the quotes of sentences that hold in part: they say what the sentences meant to."""
    partly = (claim for claim in claims if claim.verdict.support == "partly")
    quotes = dict.fromkeys(quote for claim in partly for quote in claim.citations)
    return tuple(one for one in quotes if is_sentence(one.quote))[:_EXTRACTS]


def nearest_quotes(run: Run, evidence: Evidence, gate: CitationGate) -> tuple[Citation, ...]:
    """Return the whole sentences that have most in common with the question."""
    passages = list(evidence.passages.values())[: run.profile.passages]
    chosen = choose_quotes(run.question, passages)[:_EXTRACTS]
    placed = (gate.place(citation, evidence) for citation in chosen if is_sentence(citation.quote))
    return tuple(citation for citation in placed if isinstance(citation, Citation))


def tested_code(trajectory: Trajectory) -> str | None:
    """Return the code that was asked for, where its tests passed."""
    from r1agent_tools import TestReport

    for result in reversed(trajectory.results):
        if isinstance(result.artifact, TestReport) and verify_tests(result.artifact).supported:
            return str(result.call.arguments["solution"])
    return None


def _outcome(
    run: Run,
    claims: Sequence[Claim],
    extracts: Sequence[Citation],
    trajectory: Trajectory,
    evidence: Evidence,
) -> Outcome:
    """Tell the outcomes apart.

    Where sentences were to be had and none held, quotes that bear on the question are the answer.
    Where the model wrote nothing without abstaining, or a computation could not be verified, the
    run failed; that is never taken for a silence of the papers.
    """
    if any(claim.verdict.supported for claim in claims):
        return "answered"
    steps = trajectory.steps
    if any(step.plan_step.tool in _DOING and not step.verdict.supported for step in steps):
        return "failed"
    found = bool(evidence.passages)
    stand_in = bool(quotes_instead(claims)) or not claims
    if found and stand_in and not run.abstained and _bear_on(run.question, extracts):
        return "answered"
    looked = any(result.call.tool == "search_papers" for result in trajectory.results)
    wrote = bool(claims) or run.abstained or not found
    return "not_in_papers" if looked and wrote and not run.ended_early else "failed"


def _bear_on(question: str, extracts: Sequence[Citation]) -> bool:
    if not any(_holds_what_is_asked(question, citation.quote) for citation in extracts):
        return False
    quoted = " ".join(citation.quote for citation in extracts)
    return coverage(question, quoted, Sources((quoted,), context=context_of(extracts))) >= _BEARING


def _holds_what_is_asked(question: str, quote: str) -> bool:
    """Ask for the thing that is asked for, and for a number beside it where a count is."""
    wanted = _ASKED.search(question)
    if wanted is None:
        return True
    counted = wanted[0].lower().startswith("how ")
    thing = set(content_words(wanted[1])[:1])
    return thing <= set(content_words(quote)) and (not counted or any(numbers_in(quote)))


def _message(outcome: Outcome, run: Run, trajectory: Trajectory, dropped: Sequence[Claim]) -> str:
    chinese = is_chinese(run.question)
    if outcome == "answered":
        english = "No sentence written about these passages held up; they say, word for word:"
        return "没有一句话通过核对;论文原文如下:" if chinese else english
    if outcome == "not_in_papers" and dropped:
        return (
            "模型写的句子没有一句通过核对。"
            if chinese
            else "No sentence that the model wrote held up."
        )
    if outcome == "not_in_papers" and run.abstained:
        english = "The papers do not say, as the model reads them."
        return "按模型的理解,这些论文没有给出答案。" if chinese else english
    if outcome == "not_in_papers":
        return "这些论文没有给出答案。" if chinese else "The papers do not say."
    reasons = [reason for step in trajectory.steps for reason in step.verdict.reasons]
    nothing = "the model wrote nothing" if trajectory.steps else "no step could be carried out"
    nothing = "no sentence that the model wrote held up" if dropped else nothing
    why = "; ".join([*reasons, *run.notices]).rstrip(".") or nothing
    return f"没有得到经过验证的答案:{why}" if chinese else f"No verified answer: {why}."


def _audit(
    run: Run,
    trajectory: Trajectory,
    claims: Sequence[Claim],
    gate: CitationGate,
    *,
    disputed: bool,
) -> Audit:
    supported = sum(claim.verdict.supported for claim in claims)
    rate = supported / len(claims) if claims else 0.0
    steps = trajectory.steps
    doubted = all(claim.doubt for claim in claims if claim.verdict.supported)
    found = all(step.verdict.supported for step in steps)
    return Audit(
        support_rate=round(rate, 3),
        confidence=_confidence(rate, sound=found and not disputed and not doubted),
        checks=("quote on its page", *(check.name for check in gate.checks)),
        searched=tuple(
            str(result.call.arguments["query"])
            for result in trajectory.results
            if result.call.tool == "search_papers"
        ),
        not_found=tuple(step.plan_step.goal for step in steps if not step.verdict.supported),
        notices=tuple(run.notices),
        usage=dict(run.usage),
        seconds=round(run.seconds, 2),
        model=run.model_name,
        engine=run.engine,
        entailment=gate.entailment,
    )


def _confidence(rate: float, *, sound: bool) -> Literal["high", "medium", "low", "none"]:
    if rate == 0.0:
        return "none"
    if rate >= 0.8 and sound:
        return "high"
    return "medium" if rate >= 0.5 else "low"
