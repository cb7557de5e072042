import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes.search.fusion import fuse

NUMBERS = st.floats(0, 1, width=32)


def numbers(*values):
    return np.array(values, dtype=np.float32)


def test_both_are_weighed_by_their_highest():
    scores = fuse(numbers(0.6, 0.3, -0.1), numbers(0, 8, 4))
    assert scores.tolist() == pytest.approx([0.55, 0.725, 0.225])


def test_what_both_searches_put_first_scores_one():
    assert fuse(numbers(0.75, 0), numbers(3, 0)).tolist() == [1, 0]


def test_without_words_meaning_alone_decides():
    assert fuse(numbers(0.8, 0.4), numbers(0, 0)).tolist() == pytest.approx([0.55, 0.275])


@given(st.lists(NUMBERS, min_size=1), NUMBERS)
def test_a_score_does_not_depend_on_what_else_was_found(cosines, lower):
    words = numbers(*[1.0] * len(cosines))
    fewer = fuse(numbers(*cosines), words)
    more = fuse(numbers(*cosines, min(*cosines, lower)), np.append(words, np.float32(0)))
    np.testing.assert_allclose(fewer, more[:-1], rtol=1e-5)


def test_words_decide_where_nothing_is_near():
    scores = fuse(numbers(0.1, 0.05), numbers(0, 3))
    assert scores.tolist() == pytest.approx([0.11, 0.505])


def test_nothing_found_is_nothing_fused():
    assert fuse(numbers(), numbers()).tolist() == []


@given(st.lists(st.tuples(NUMBERS, st.floats(0, 100, width=32)), min_size=1))
def test_scores_are_between_nought_and_one(pairs):
    cosines, keywords = (numbers(*values) for values in zip(*pairs, strict=True))
    scores = fuse(cosines, keywords)
    assert scores.min() >= 0
    assert scores.max() <= 1 + 1e-6
