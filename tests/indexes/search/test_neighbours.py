import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from r1agent_indexes.search.neighbours import share_scores

NORTH, EAST = [1.0, 0.0], [0.0, 1.0]


def shared(scores, vectors, papers):
    found = share_scores(np.array(scores, np.float32), np.array(vectors, np.float32), papers)
    return found.round(4).tolist()


def test_a_passage_takes_a_quarter_of_its_score_from_other_papers():
    assert shared([1, 0], [NORTH, NORTH], ["a", "b"]) == [0.75, 0.25]


def test_passages_of_the_same_paper_say_nothing_of_each_other():
    assert shared([1, 0], [NORTH, NORTH], ["a", "a"]) == [1, 0]


def test_only_the_eight_nearest_count():
    scores, papers = [0, *[1] * 8, *[0] * 20], [str(n) for n in range(29)]
    assert shared(scores, [NORTH, *[NORTH] * 8, *[EAST] * 20], papers)[0] == 0.25


def test_nothing_found_stays_nothing():
    assert shared([], np.zeros((0, 2)), []) == []


@given(st.lists(st.floats(0, 1, width=32), min_size=1, max_size=300), st.integers(1, 5))
def test_scores_stay_between_lowest_and_highest(scores, papers):
    vectors = np.random.default_rng(0).normal(size=(len(scores), 4))
    found = shared(scores, vectors, [str(n % papers) for n in range(len(scores))])
    lowest = min(scores) if len(scores) <= 200 else 0
    assert lowest - 1e-4 <= min(found)
    assert max(found) <= max(scores) + 1e-4
