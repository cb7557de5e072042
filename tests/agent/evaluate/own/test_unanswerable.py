"""Questions that no paper answers."""

from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.own.questions import make_questions
from r1agent.evaluate.own.unanswerable import make_unanswerable
from tests.agent.evaluate.own.made_corpus import REED, TEA, TRAM, corpus_of

QUESTIONS = make_questions(corpus_of(reed=REED, tram=TRAM, tea=TEA), count=20, seed=0)


def made(is_known=lambda term: False, count=20, seed=0):
    return make_unanswerable(QUESTIONS, is_known, count=count, seed=seed)


@given(st.integers(0, 100))
def test_each_is_about_a_term_that_does_not_stand_in_the_papers(seed):
    held = f"{REED} {TRAM} {TEA}".lower()
    for one in made(lambda term: any(word in held for word in term.lower().split()), seed=seed):
        assert one.term in one.text
        assert not any(word in held for word in one.term.lower().split())


def test_each_keeps_two_terms_of_a_real_question():
    real = [set(question.terms) for question in QUESTIONS]
    for one in made():
        assert any(sum(term in one.text for term in terms) >= 2 for terms in real)


def test_the_two_kinds_of_terms_take_turns():
    origins = [one.origin for one in made(count=4)]
    assert origins == ["term of another field", "made-up term"] * (len(origins) // 2)


def test_a_made_up_term_stands_in_where_every_foreign_one_is_known():
    found = made(lambda term: " " in term or (len(term) > 3 and not term.isascii()))
    assert {one.origin for one in found} == {"made-up term"}


def test_none_is_made_where_every_term_is_known():
    assert made(lambda term: True) == []


def test_no_term_comes_twice():
    terms = [one.term for one in made()]
    assert len(set(terms)) == len(terms)


def test_the_same_seed_makes_the_same_questions():
    assert made(seed=5) == made(seed=5)
