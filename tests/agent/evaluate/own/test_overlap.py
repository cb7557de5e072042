"""Words in a row that two texts share."""

# ruff: noqa: RUF001 - Chinese marks

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.own.overlap import longest_shared_run, words_of

words = st.lists(st.sampled_from("ash beech cedar elm fir".split()), max_size=8).map(" ".join)


@pytest.mark.parametrize(
    ("one", "other", "shared"),
    [
        ("What held the nitrate back?", "The beds held the nitrate there.", 3),
        ("Held, the NITRATE", "held the\nnitrate", 3),
        ("nitrate", "ni-\ntrate", 1),
        ("reed", "tram", 0),
        ("", "tram", 0),
        ("绿茶的香气是什么？", "绿茶香气", 2),
        ("绿茶", "绿\n茶", 2),
    ],
)
def test_only_words_in_a_row_count(one, other, shared):
    assert longest_shared_run(one, other) == shared


@given(words, words)
def test_it_is_the_longest_run_that_can_be_found_in_the_other(one, other):
    mine, theirs = words_of(one), words_of(other)
    runs = [mine[a:b] for a in range(len(mine)) for b in range(a + 1, len(mine) + 1)]
    places = [theirs[a:b] for a in range(len(theirs)) for b in range(a + 1, len(theirs) + 1)]
    longest = max((len(run) for run in runs if run in places), default=0)
    assert longest_shared_run(one, other) == longest == longest_shared_run(other, one)
