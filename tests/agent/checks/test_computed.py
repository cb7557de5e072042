"""Sentences that rest on programs alone repeat a value that was printed."""

import pytest

from r1agent.checks.computed import ComputedCheck
from r1agent.checks.finding import Sources


def check(claim, *outputs, quotes=()):
    return ComputedCheck().check(claim, Sources(quotes, outputs))


@pytest.mark.parametrize(
    ("claim", "output"),
    [
        ("The sum is 5050.", "5050"),
        ("The sum is 5,050.", "5050"),
        ("The statement is False.", "False"),
        ("The root is sqrt(2).", "sqrt(2)"),
    ],
)
def test_a_sentence_that_repeats_a_printed_value_passes(claim, output):
    assert check(claim, output) is None


def test_a_sentence_that_repeats_nothing_printed_is_unsupported():
    finding = check("The sum is large.", "5050")
    assert (finding.support, finding.reason) == (
        "unsupported",
        "states no value that a program printed",
    )


def test_a_sentence_with_a_quote_is_left_to_the_other_checks():
    assert check("The sum is large.", "5050", quotes=("The sum is large.",)) is None
