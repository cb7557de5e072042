"""A sentence that says the opposite of its quote."""

import pytest

from r1agent.checks.finding import Sources
from r1agent.checks.negations import NegationCheck


def check(claim: str, quote: str):
    return NegationCheck().check(claim, Sources((quote,)))


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Smoothing does not hurt the student.", "Smoothing hurt the student in all runs."),
        ("The method improved recall.", "The method did not improve recall."),
        ("Accuracy increased with temperature.", "Accuracy decreased with temperature."),
        ("Results were higher on GPUs.", "Results were lower on GPUs."),
        ("The claim could be replicated.", "The claim could not be replicated."),
        ("标签平滑提高了准确率。", "标签平滑降低了准确率。"),
    ],
)
def test_the_opposite_of_the_quote_is_contradicted(claim, quote):
    finding = check(claim, quote)
    assert finding is not None
    assert finding.support == "contradicted"


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Smoothing hurts the student.", "We find that smoothing hurts the student."),
        ("Smoothing does not help.", "Smoothing does not help the student at all."),
        ("Accuracy fell from 80 to 70.", "Accuracy fell from 80 to 70, it never rose again."),
        ("The student reached 81 %.", "Without smoothing the student reached 81 %."),
    ],
)
def test_the_same_statement_passes(claim, quote):
    assert check(claim, quote) is None


def test_a_claim_without_quotes_is_left_to_other_checks():
    assert NegationCheck().check("It does not hold.", Sources(())) is None
