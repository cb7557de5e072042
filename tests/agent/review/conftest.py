"""Papers that agree, disagree, and have nothing to do with each other."""

from __future__ import annotations

import pytest

from tests.agent.review.reviewer import made_index

PAPERS = {
    "helps.pdf": [
        "Smoothing and Students",
        "We trained forty networks on photographs of crabs for this report.",
        "Smoothing the teacher raised the accuracy of the student.",
        "The student of the smoothed teacher gained 0.9 points.",
    ],
    "hurts.pdf": [
        "Smoothing Revisited",
        "All networks were trained again from the first to the last epoch.",
        "Smoothing the teacher lowered the accuracy of the student.",
        "The student of the smoothed teacher lost 0.6 points.",
    ],
    "dropout.pdf": [
        "Dropout in Small Networks",
        "Dropout of 0.5 lowered the test error of networks from 12.1 % to 10.4 %.",
        "Training took 90 minutes on one graphics card.",
    ],
    "shells.pdf": [
        "Shells of Hermits",
        "Hermits change their shells in spring and prefer the larger ones.",
    ],
}


@pytest.fixture(scope="session")
def papers(tmp_path_factory):
    """An index of four papers, of which one bears on nothing that is asked."""
    with made_index(tmp_path_factory.mktemp("review"), PAPERS) as index:
        yield index
