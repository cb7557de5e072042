"""The sentences written by hand, as the bench reads them."""

import tomllib

import pytest
from loop_sentences import SENTENCES

SETS = tomllib.loads(SENTENCES.read_text(encoding="utf-8"))


def sentences(which):
    return [
        (entry["question"], sentence)
        for entry in SETS[which]
        for sentence in [*entry["right"], *entry["wrong"]]
    ]


@pytest.mark.parametrize("which", SETS)
def test_every_question_has_right_and_wrong_sentences_and_none_twice(which):
    assert all(entry["right"] and entry["wrong"] for entry in SETS[which])
    assert len(set(sentences(which))) == len(sentences(which))


def test_no_question_is_in_both_sets():
    asked = [{entry["question"] for entry in SETS[which]} for which in SETS]
    assert not set.intersection(*asked)
