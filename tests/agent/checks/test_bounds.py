"""Bounds of numbers: a least is no most."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.bounds import BoundCheck
from r1agent.checks.finding import Sources


def finding(claim: str, quote: str):
    return BoundCheck().check(claim, Sources((quote,)))


@pytest.mark.parametrize(
    ("claim", "quote", "support"),
    [
        ("At most 15 genes took part.", "At least 15 genes took part.", "contradicted"),
        ("Less than 50 % recovered.", "More than 50 % recovered.", "contradicted"),
        ("15 genes took part.", "At least 15 genes took part.", "partly"),
        ("They watched 120 minutes a day.", "They watched at least 2 hours a day.", "partly"),
        ("It rose by at least 80 %.", "It rose by up to 80 %.", "contradicted"),
        ("Scores of 4 or less.", "Scores of 4 or more.", "contradicted"),
        ("至少15个基因。", "至多15个基因。", "contradicted"),
        ("超过30%的学生。", "不超过30%的学生。", "contradicted"),
    ],
)
def test_another_bound_is_found(claim, quote, support):
    found = finding(claim, quote)
    assert found is not None
    assert found.support == support


@pytest.mark.parametrize(
    ("claim", "quote"),
    [
        ("More than 50 runs failed.", "Over 50 runs failed."),
        ("No more than 50 runs failed.", "At most 50 runs failed."),
        ("At least 4 points.", "4 or more points."),
        ("About 50 runs failed.", "50 runs failed."),
        ("It fell below 10 %.", "It fell to less than 10 %."),
        ("No number here.", "At least 5."),
        ("At least 7 runs failed.", "50 runs failed."),
        ("不超过30%的学生。", "至多30%的学生。"),
    ],
)
def test_the_same_bound_in_other_words_passes(claim, quote):
    assert finding(claim, quote) is None


def test_the_bound_of_any_quote_that_has_the_number_counts():
    quotes = ("At least 15 genes took part.", "In the end 15 genes were kept.")
    assert BoundCheck().check("15 genes were kept.", Sources(quotes)) is None


@given(st.text(max_size=120))
def test_no_text_differs_from_itself(text):
    assert finding(text, text) is None
