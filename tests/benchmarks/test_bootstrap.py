import pytest
from bootstrap import paired_interval
from hypothesis import given
from hypothesis import strategies as st

RIGHT, WRONG, ABSTAINED = (1.0, 1.0), (0.0, 1.0), (0.0, 0.0)
SHARES = st.lists(
    st.tuples(st.sampled_from([RIGHT, WRONG, ABSTAINED]), st.sampled_from([RIGHT, WRONG])),
    min_size=1,
    max_size=12,
)


def test_a_side_that_is_right_where_the_other_is_wrong_is_better_by_all():
    found = paired_interval([RIGHT] * 8, [WRONG] * 8)
    assert found is not None
    assert (found.difference, found.low, found.high) == (1.0, 1.0, 1.0)


def test_questions_are_drawn_in_pairs():
    """Drawn apart, two sides with the same answers would differ in nearly every draw."""
    answers = [RIGHT, WRONG] * 10
    found = paired_interval(answers, answers)
    assert found is not None
    assert (found.difference, found.low, found.high) == (0.0, 0.0, 0.0)


def test_precision_counts_only_what_was_attempted():
    found = paired_interval([RIGHT, ABSTAINED, ABSTAINED, RIGHT], [RIGHT, WRONG, WRONG, RIGHT])
    assert found is not None
    assert found.difference == 0.5


def test_an_interval_has_the_width_that_the_binomial_gives_it():
    """Half of 100 differ by one: the standard error is .05, so the interval is about ±.098."""
    found = paired_interval([RIGHT] * 100, [RIGHT, WRONG] * 50)
    assert found is not None
    assert found.difference == 0.5
    assert found.low == pytest.approx(0.402, abs=0.02)
    assert found.high == pytest.approx(0.598, abs=0.02)


def test_the_same_seed_gives_the_same_interval():
    one, other = [RIGHT, WRONG, RIGHT, WRONG], [WRONG, WRONG, RIGHT, RIGHT]
    assert paired_interval(one, other, seed=3) == paired_interval(one, other, seed=3)


def test_a_side_that_attempted_nothing_has_no_interval():
    assert paired_interval([RIGHT, RIGHT], [ABSTAINED, ABSTAINED]) is None
    assert paired_interval([], []) is None


def test_sides_of_different_length_are_refused():
    with pytest.raises(ValueError, match="found 1 and 2"):
        paired_interval([RIGHT], [RIGHT, WRONG])


@given(SHARES)
def test_the_difference_lies_in_its_interval_and_swaps_its_sign(pairs):
    one, other = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    there = paired_interval(one, other, resamples=400)
    back = paired_interval(other, one, resamples=400)
    assert (there is None) == (back is None)
    if there is not None and back is not None:
        assert there.difference == pytest.approx(-back.difference)
        assert there.low == pytest.approx(-back.high)
        assert -1 <= there.low <= there.high <= 1
