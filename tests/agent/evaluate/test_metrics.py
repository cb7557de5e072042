import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.evaluate.metrics import Auc, Figure, Share, difference, figure

ACCURACY = Share("accuracy", "right of all", "right")
PRECISION = Share("precision", "right of those attempted", "right", "attempted")
AREA = Auc("auroc", "caught above true", "score", "fault")
RIGHT = {"right": 1.0, "attempted": 1.0}
WRONG = {"right": 0.0, "attempted": 1.0}
ABSTAINED = {"right": 0.0, "attempted": 0.0}
ROWS = st.lists(
    st.tuples(st.sampled_from([RIGHT, WRONG, ABSTAINED]), st.sampled_from([RIGHT, WRONG])),
    min_size=1,
    max_size=12,
)
SCORES = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from([0.0, 1.0])), min_size=2, max_size=20
)


def test_a_side_that_is_right_where_the_other_is_wrong_is_better_by_all():
    assert difference(PRECISION, [RIGHT] * 8, [WRONG] * 8) == Figure(1.0, 1.0, 1.0)


def test_examples_are_drawn_in_pairs():
    """Drawn apart, two sides with the same answers would differ in nearly every draw."""
    answers = [RIGHT, WRONG] * 10
    assert difference(ACCURACY, answers, answers) == Figure(0.0, 0.0, 0.0)


def test_precision_counts_only_what_was_attempted():
    found = difference(
        PRECISION, [RIGHT, ABSTAINED, ABSTAINED, RIGHT], [RIGHT, WRONG, WRONG, RIGHT]
    )
    assert found.value == 0.5


def test_without_a_total_each_example_counts_once():
    assert figure(ACCURACY, [RIGHT, ABSTAINED, ABSTAINED, RIGHT]).value == 0.5


def test_an_interval_has_the_width_that_the_binomial_gives_it():
    """Half of 100 differ by one: the standard error is .05, so the interval is about ±.098."""
    for found in (
        figure(ACCURACY, [RIGHT, WRONG] * 50),
        difference(ACCURACY, [RIGHT] * 100, [RIGHT, WRONG] * 50),
    ):
        assert found.value == 0.5
        assert found.low == pytest.approx(0.402, abs=0.02)
        assert found.high == pytest.approx(0.598, abs=0.02)


def test_the_same_seed_gives_the_same_interval():
    one, other = [RIGHT, WRONG, RIGHT, WRONG], [WRONG, WRONG, RIGHT, RIGHT]
    assert difference(ACCURACY, one, other, seed=3) == difference(ACCURACY, one, other, seed=3)
    assert figure(ACCURACY, [RIGHT, WRONG] * 9, seed=3) == figure(
        ACCURACY, [RIGHT, WRONG] * 9, seed=3
    )


def test_a_side_that_attempted_nothing_has_no_figure():
    assert difference(PRECISION, [RIGHT, RIGHT], [ABSTAINED, ABSTAINED]) == Figure(None)
    assert figure(PRECISION, [ABSTAINED]) == Figure(None)


def test_no_example_has_no_figure():
    assert difference(PRECISION, [], []) == Figure(None)
    assert figure(AREA, []) == Figure(None)


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="found 1 and 2"):
        difference(PRECISION, [RIGHT], [RIGHT, WRONG])


def test_an_area_is_one_where_every_positive_stands_above_every_negative():
    rows = [{"score": score, "fault": fault} for score, fault in [(3, 1), (2, 1), (1, 0), (0, 0)]]
    assert figure(AREA, rows).value == 1.0


def test_ties_count_half_in_an_area():
    rows = [{"score": 1.0, "fault": fault} for fault in (1.0, 0.0, 1.0, 0.0)]
    assert figure(AREA, rows) == Figure(0.5, 0.5, 0.5)


def test_an_example_without_a_label_is_left_out_of_an_area():
    rows = [{"score": score, "fault": fault} for score, fault in [(2, 1), (1, 0), (9, math.nan)]]
    assert figure(AREA, rows).value == 1.0


def test_an_area_needs_both_labels():
    assert figure(AREA, [{"score": 1.0, "fault": 1.0}] * 3) == Figure(None)


@settings(max_examples=25)
@given(ROWS)
def test_the_difference_lies_in_its_interval_and_swaps_its_sign(pairs):
    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    there, back = difference(PRECISION, one, other), difference(PRECISION, other, one)
    assert (there.value is None) == (back.value is None)
    if there.value is not None and back.value is not None:
        assert there.value == pytest.approx(-back.value)
        assert there.low == pytest.approx(-back.high)
        assert -1 <= there.low <= there.high <= 1


@settings(max_examples=25)
@given(SCORES)
def test_an_area_is_the_share_of_pairs_in_the_right_order(pairs):
    rows = [{"score": float(score), "fault": fault} for score, fault in pairs]
    positives = [score for score, fault in pairs if fault]
    negatives = [score for score, fault in pairs if not fault]
    orders = [(high > low) + (high == low) / 2 for high in positives for low in negatives]
    wanted = sum(orders) / len(orders) if orders else None
    assert figure(AREA, rows).value == (None if wanted is None else pytest.approx(wanted))
