"""Who says otherwise, among the passages of a run."""

import pytest

from r1agent.checks.negations import reversal
from r1agent.citations import CitationGate
from r1agent.contradictions import find_contradictions
from r1agent.types import Claim, Verdict
from r1agent.writer import redraft
from tests.agent.made_runs import evidence_of, passage

CLAIM = "Smoothing the teacher helps the student."


def supported_claim(evidence):
    (first, *_) = evidence.passages.values()
    draft = redraft(CLAIM, [first], evidence, "")
    return Claim(CLAIM, draft.citations, Verdict("supported", "a quote"))


def found(*texts: str):
    stated = passage("We find that smoothing the teacher helps the student.")
    others = [passage(text, id=f"p{number}:1") for number, text in enumerate(texts)]
    evidence = evidence_of(stated, *others)
    return find_contradictions([supported_claim(evidence)], evidence, CitationGate([]))


def test_a_paper_that_says_the_opposite_is_named_with_its_quote():
    (one,) = found("In all runs smoothing the teacher hurts the student.")
    assert one.citation.quote == "In all runs smoothing the teacher hurts the student."
    assert one.reason == "says 'help' where the quote says 'hurt'"


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
