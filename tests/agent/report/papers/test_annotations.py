from dataclasses import replace
from unicodedata import category

from hypothesis import given

from r1agent.report.papers.annotations import comments_of, marks_of
from r1agent.report.read_report import answer_report
from r1agent.types import Contradiction
from tests.agent.report.answers import ANSWER, HOSTILE, IN_QUOTES, QUOTE
from tests.agent.report.hostile import telling
from tests.agent.report.reports import report_of

PAGE = "Of them all\nSmoothed teachers lose\n0.6 points. Students lose more."


def marks(answer, page=PAGE):
    return marks_of(comments_of(answer_report(answer)), lambda _page: page)


def test_a_quote_has_the_sentences_that_cite_it_and_the_run_as_its_comment():
    (mark,) = marks(ANSWER)
    assert (mark.page, mark.quote, mark.colour) == (
        3,
        "Smoothed teachers lose\n0.6 points.",
        "yellow",
    )
    assert mark.comment == (
        "Smoothing costs 0.6 points.\n\nThat is half of 1.2.\n\nr1agent, run 20260102-030405-abcdef"
    )
    assert mark.before == len("Ofthemall")


def test_a_quote_that_is_the_answer_says_what_was_asked():
    (mark,) = marks(IN_QUOTES)
    assert mark.colour == "blue"
    assert mark.comment.startswith(
        "Quoted in answer to: Does label smoothing hurt distillation?\n\nr1agent"
    )


def test_a_quote_that_says_otherwise_is_red_and_says_than_what():
    other = Contradiction("Smoothing costs 0.6 points.", QUOTE, "0.9, not 0.6")
    (mark,) = marks(replace(ANSWER, contradictions=(other,)))
    assert mark.colour == "red"
    assert "Says otherwise than: Smoothing costs 0.6 points. (0.9, not 0.6)" in mark.comment


def test_marks_stand_in_the_order_of_the_paper():
    later = replace(QUOTE, quote="Students lose more.", start=46, end=65)
    claims = (replace(ANSWER.claims[0], citations=(later,)), ANSWER.claims[1])
    found = marks(replace(ANSWER, claims=claims))
    assert [mark.quote for mark in found] == [
        "Smoothed teachers lose\n0.6 points.",
        "Students lose more.",
    ]


def test_a_quote_of_a_page_that_has_changed_is_marked_in_its_own_words():
    (mark,) = marks(ANSWER, page="Nothing of the kind.")
    assert (mark.quote, mark.before) == (QUOTE.quote, 0)


def test_a_hostile_comment_is_one_line_without_controls():
    text = marks(HOSTILE)[0].comment
    assert "\x1b" not in text
    assert "\u202e" not in text


@given(telling)
def test_no_text_brings_controls_into_a_comment(text):
    for mark in marks_of(comments_of(report_of(text)), lambda _page: text):
        letters = mark.comment.replace("\n", "")
        assert not {category(letter) for letter in letters} & {"Cc", "Cs", "Zl", "Zp"}
        assert "\u202e" not in letters
