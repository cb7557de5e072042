"""What the words of a sentence do to its sense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.polarity import are_opposites, read


def directions(text):
    return {token.word: token.signed for token in read(text) if token.direction}


@pytest.mark.parametrize(
    ("text", "word", "sign"),
    [
        ("Dropout increased the error.", "increased", 1),
        ("Dropout did not increase the error.", "increase", -1),
        ("The drug down-regulated the gene.", "downregulated", -1),
        ("No reduction was seen.", "reduction", 1),
        ("It hasn't reduced the error.", "reduced", 1),
    ],
)
def test_a_denial_turns_a_direction_around(text, word, sign):
    assert directions(text)[word] == sign


def test_with_or_without_denies_nothing():
    assert not any(token.denied for token in read("It helps with or without dropout."))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("increased", "decreases"),
        ("promotes", "inhibited"),
        ("upregulated", "downregulation"),
        ("hyperactive", "hypoactive"),
        ("agonist", "antagonists"),
        ("necessary", "dispensable"),
        ("better", "worse"),
    ],
)
def test_opposites_are_known_in_every_form_and_both_ways(one, other):
    assert are_opposites(one, other)
    assert are_opposites(other, one)


@pytest.mark.parametrize(("one", "other"), [("increase", "increases"), ("gene", "lowers")])
def test_other_words_are_no_opposites(one, other):
    assert not are_opposites(one, other)


@given(st.text())
def test_any_text_can_be_read(text):
    assert all(token.signed in (-1, 0, 1) for token in read(text))
