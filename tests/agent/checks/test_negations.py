"""A sentence that says the opposite of its quote."""

import pytest

from r1agent.checks.finding import Sources
from r1agent.checks.negations import NegationCheck, reversal


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
        ("The solver lost performance.", "No significant loss of performance was seen."),
        ("The solver lost performance.", "No\nsignificant loss of performance was seen."),
        ("It comes with the answers.", "It comes with all the answers removed."),
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
        ("A copy with the answers removed is made.", "A copy is made without the answers."),
        ("It showed no loss of performance.", "No significant loss of performance was seen."),
    ],
)
def test_the_same_statement_passes(claim, quote):
    assert check(claim, quote) is None


def test_a_claim_without_quotes_is_left_to_other_checks():
    assert NegationCheck().check("It does not hold.", Sources(())) is None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("Dropout lowered the test error.", "Without dropout the test error increased."),
        ("Dropout lowered the test error.", "Removing dropout raised the test error."),
        ("Older mice moved slower.", "Younger mice moved faster."),
    ],
)
def test_two_turns_make_the_same_sense(claim, quote):
    assert check(claim, quote) is None


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("The kinase inhibits tumour growth.", "The kinase promotes tumour growth in mice."),
        ("The allele upregulates the cytokine.", "The allele down-regulates the cytokine."),
        ("Receptor A is dispensable for memory.", "Receptor A is essential for memory."),
    ],
)
def test_opposites_of_science_are_known(claim, quote):
    assert check(claim, quote).support == "contradicted"


def test_an_opposite_about_another_thing_is_no_contradiction():
    quote = "Recall of the index increased while its memory stayed below a gigabyte."
    assert check("The loss of the student decreased during training.", quote) is None


def test_the_size_of_another_thing_turns_nothing_around():
    assert (
        reversal("The authors trained the largest model.", "They trained the smallest model.")
        is None
    )
