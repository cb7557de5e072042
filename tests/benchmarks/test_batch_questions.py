"""Made questions: all different, the same again, and about papers."""

import pytest
from batch_questions import made_questions

from r1agent.kinds import kind_of


def test_no_two_questions_are_alike():
    items = made_questions(5000)
    assert len({item.question for item in items}) == 5000
    assert len({item.id for item in items}) == 5000


def test_the_first_questions_are_the_same_whatever_the_number():
    assert made_questions(200) == made_questions(5000)[:200]


def test_every_question_is_one_about_papers():
    assert {kind_of(item.question) for item in made_questions(5000)} == {"papers"}


def test_more_than_there_are_is_refused():
    with pytest.raises(ValueError, match=r"There are 5,408 questions, and 9,000 were asked for."):
        made_questions(9000)
