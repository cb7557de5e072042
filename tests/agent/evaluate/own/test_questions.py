"""Questions with a source, made by rules."""

from hypothesis import given
from hypothesis import strategies as st

from r1agent.evaluate.own.overlap import longest_shared_run
from r1agent.evaluate.own.questions import make_questions, question_about
from r1agent.evaluate.own.terms import Terms
from tests.agent.evaluate.own.made_corpus import REED, TEA, TRAM, corpus_of

CORPUS = corpus_of(reed=REED, tram=TRAM, tea=TEA)


def made(corpus=CORPUS, count=20, seed=0):
    return make_questions(corpus, count=count, seed=seed)


def test_a_question_names_three_terms_of_its_source():
    assert made()
    for question in made():
        assert all(term in question.text for term in question.terms)
        assert all(term in question.source.quote for term in question.terms)
        page = CORPUS.pages[question.source.paper, question.source.page]
        assert page[question.source.start : question.source.end] == question.source.quote


@given(st.integers(0, 50))
def test_no_question_has_more_than_four_words_in_a_row_of_its_page(seed):
    for question in made(seed=seed):
        page = CORPUS.pages[question.source.paper, question.source.page]
        assert longest_shared_run(question.text, page) <= 4


def test_no_other_page_holds_all_terms_of_a_question():
    terms = Terms(CORPUS.pages.values())
    assert all(terms.pages_with(question.terms) == 1 for question in made())


def test_a_sentence_that_two_papers_have_is_not_asked_about():
    assert made(corpus_of(one=REED, other=REED)) == []


def test_a_number_is_asked_for_where_the_sentence_has_one():
    by_quote = {one.source.quote: one.text for one in made() if one.source.paper == "reed"}
    assert by_quote
    for quote, text in by_quote.items():
        wanted = "Which value" if any(map(str.isdigit, quote)) else "What do the papers"
        assert text.startswith(wanted)


def test_papers_take_turns():
    assert {one.source.paper for one in made(count=2)} <= {"reed", "tram", "tea"}
    assert len({one.source.paper for one in made(count=2)}) == 2


def test_the_same_seed_makes_the_same_questions():
    assert made(seed=3) == made(seed=3)


def test_a_chinese_sentence_is_asked_about_in_chinese():
    assert [one.text for one in made() if one.source.paper == "tea"][:1] != []
    assert all("论文" in one.text for one in made() if one.source.paper == "tea")


def test_nothing_is_made_of_papers_without_sentences():
    assert made(corpus_of(table="12 14 15\n16 17 18")) == []


def test_the_first_term_is_what_the_question_is_about():
    asked = question_about(("reed", "lake", "root"), chinese=False, value=True)
    assert asked == "Which value is reported for reed in connection with lake and root?"
