"""Who says otherwise, among the passages of a run."""

import pytest

from r1agent.checks.entailment import EntailmentCheck
from r1agent.checks.judging import Judgement
from r1agent.checks.negations import reversal
from r1agent.citations import CitationGate
from r1agent.contradictions import find_contradictions, look_for_others
from r1agent.executor import Executor
from r1agent.planner import Planner
from r1agent.run import Limits
from r1agent.types import Claim, Verdict
from r1agent.verifier import Verifier
from r1agent.writer import redraft
from tests.agent.made_runs import evidence_of, made_run, passage, search_tool

CLAIM = "Smoothing the teacher helps the student."


def supported_claim(evidence):
    (first, *_) = evidence.passages.values()
    draft = redraft(CLAIM, [first], evidence, "")
    return Claim(CLAIM, draft.citations, Verdict("supported", "a quote"))


STATED = "We find that smoothing the teacher helps the student."
OPPOSITE = "In all runs smoothing the teacher hurts the student."


def found(*texts: str, checks=()):
    others = [passage(text, id=f"p{number}:1") for number, text in enumerate(texts)]
    evidence = evidence_of(passage(STATED), *others)
    return find_contradictions([supported_claim(evidence)], evidence, CitationGate(checks))


class Sure:
    """A judge that always says the same."""

    supports_at = contradicts_at = 0.5
    method = "a sure judge"

    def __init__(self, supported, contradicted):
        self.judgement = Judgement(supported, contradicted)

    def judge(self, premise, claim, *, ask=None):
        return self.judgement


def test_a_judge_that_is_sure_finds_what_no_word_shows():
    check = EntailmentCheck(judge=Sure(0.0, 0.95))
    (one,) = found("Smoothing the teacher is a curse to the student who helps.", checks=[check])
    assert one.reason == "says otherwise, by a sure judge"


def test_a_judge_that_sees_support_clears_a_passage():
    assert found(OPPOSITE, checks=[EntailmentCheck(judge=Sure(0.9, 0.05))]) == ()


def looked(*passages, limits=None, held=True):
    run, _, _ = made_run(limits=limits)
    tool = search_tool(*passages)
    evidence = evidence_of(passage(STATED))
    claim = supported_claim(evidence)
    if not held:
        claim = Claim(claim.text, claim.citations, Verdict("unsupported", "nothing"))
    executor = Executor([tool], Planner([tool]), Verifier())
    look_for_others([claim, claim], executor, run, evidence)
    return run, evidence


def test_who_says_otherwise_is_searched_for_once():
    run, evidence = looked(passage(OPPOSITE, id="bb22:1"))
    assert run.tool_calls == 1
    assert "bb22:1" in evidence.passages


def test_nothing_is_searched_where_no_call_is_left_or_nothing_holds():
    assert looked(limits=Limits(tool_calls=0))[0].tool_calls == 0
    assert looked(held=False)[0].tool_calls == 0


def test_a_paper_that_says_the_opposite_is_named_with_its_quote():
    (one,) = found("In all runs smoothing the teacher hurts the student.")
    assert one.citation.quote == "In all runs smoothing the teacher hurts the student."
    assert one.reason == "says 'helps' where the quote says 'hurts'"


def test_a_paper_that_agrees_or_speaks_of_something_else_is_not_named():
    assert found("Smoothing the teacher helps the student, we confirm.") == ()
    assert found("The optimiser hurts memory use on small cards.") == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "Smoothing the teacher did not help the student.",
        "Smoothing the teacher never helps the student.",
    ],
)
def test_a_negated_verb_turns_a_claim_around(sentence):
    assert reversal(CLAIM, sentence) == "negation of 'help' differs from the quote"


@pytest.mark.parametrize(
    "sentence",
    [
        "The advice never to smooth a teacher is too broad, since it helps the student.",
        "It was better than a student that had no teacher, so smoothing helps.",
        "One claim did not replicate: smoothing the teacher helps the student only at first.",
    ],
)
def test_a_negation_of_something_else_does_not(sentence):
    assert reversal(CLAIM, sentence) is None
