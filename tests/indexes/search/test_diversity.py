import numpy as np

from r1agent_indexes.search.diversity import least_repeated, within_cap

SCORES = np.array([0.9, 0.8, 0.5], dtype=np.float32)
VECTORS = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)


def test_a_paper_takes_more_places_only_where_no_other_is_left():
    papers = ["a", "a", "a", "b"]
    assert within_cap([0, 1, 2, 3], papers, k=3, most=2) == [0, 1, 3]
    assert within_cap([0, 1, 2, 3], papers, k=4, most=2) == [0, 1, 2, 3]


def test_a_repetition_gives_way_to_something_else():
    assert least_repeated([0, 1, 2], SCORES, VECTORS, diversity=0.5, k=3) == [0, 2, 1]


def test_without_diversity_the_ranking_stays():
    assert least_repeated([0, 1, 2], SCORES, VECTORS, diversity=0, k=3) == [0, 1, 2]


def test_what_is_not_chosen_follows_as_it_was():
    assert least_repeated([0, 1, 2], SCORES, VECTORS, diversity=0.5, k=1) == [0, 1, 2]
