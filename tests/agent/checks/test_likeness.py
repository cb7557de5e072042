"""What a claim and a sentence have in common, as numbers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.likeness import FEATURES, compare

CLAIM = "Label smoothing reduces the calibration error of large networks."


def of(claim, sentence):
    return dict(zip(FEATURES, compare(claim, sentence), strict=True))


def test_a_sentence_agrees_with_itself():
    found = of(CLAIM, CLAIM)
    assert found["matter"] == found["words"] == 1.0
    assert found["parity"] == 1.0
    assert found["agreeing"] > 0
    assert found["differing"] == found["opposite"] == found["denied_once"] == 0.0


@pytest.mark.parametrize(
    "sentence",
    [
        "Label smoothing increases the calibration error of large networks.",
        "Label smoothing raised the calibration error of large networks.",
    ],
)
def test_an_opposite_direction_differs_and_turns_the_parity(sentence):
    found = of(CLAIM, sentence)
    assert found["differing"] > 0.5
    assert found["opposite"] > 0.5
    assert found["parity"] == -1.0


def test_two_turns_make_one_sense():
    sense = of("Lack of the gene reduces growth of the tumour.", "The gene promotes tumour growth.")
    assert sense["parity"] == 1.0


def test_a_relation_that_is_denied_once_is_seen():
    found = of("Smoking is associated with asthma.", "Smoking was not associated with asthma.")
    assert found["null_once"] == 1.0
    assert found["denied_once"] > 0


def test_the_other_order_of_the_same_words_is_seen():
    assert of("Kinase A activates kinase B.", "Kinase A activates kinase B.")["reordered"] == 0.0
    found = of("Leptin precedes insulin in neurons.", "Insulin precedes leptin in neurons.")
    assert found["reordered"] > 0


@given(st.text(max_size=200), st.text(max_size=200))
def test_shares_stay_between_0_and_1(claim, sentence):
    found = of(claim, sentence)
    shares = ("matter", "words", "denied_once", "denied_twice", "reordered")
    assert all(0.0 <= found[name] <= 1.0 for name in shares)
    assert found["parity"] in (-1.0, 0.0, 1.0)
