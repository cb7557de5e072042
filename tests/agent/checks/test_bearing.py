"""The quotes of an answer speak of what was asked."""

import pytest

from r1agent.checks.bearing import BearingCheck
from r1agent.checks.finding import Sources

QUESTION = "Which Python module do the geospatial tutorials focus on?"
PAPER = (
    "These geospatial tutorials have a strong focus on the Python module Xarray. "
    "It holds arrays of any size."
)
OTHER = "Lessons teach data frames in Riga. They use pandas."


def finding(claim, quote, *, question=QUESTION, surroundings=""):
    papers = {"a": PAPER, "b": OTHER}
    sources = Sources((quote,), question=question, papers=papers, surroundings=surroundings)
    return BearingCheck().check(claim, sources)


def test_a_quote_about_something_else_carries_no_answer():
    found = finding("They focus on pandas.", "They use pandas.", surroundings=OTHER)
    assert found.support == "unsupported"
    assert found.reason == "its quote does not speak of what was asked"


def test_a_quote_that_speaks_of_it_carries_one():
    quote = "These geospatial tutorials have a strong focus on the Python module Xarray."
    assert finding("They focus on Xarray.", quote, surroundings=PAPER) is None


def test_the_sentence_before_a_quote_says_what_it_is():
    quote = "It holds arrays of any size."
    assert finding("The module holds arrays of any size.", quote, surroundings=PAPER) is None


def test_a_sentence_that_takes_nothing_from_the_question_may_tell_of_something_beside_it():
    assert finding("They use pandas.", "They use pandas.", surroundings=OTHER) is None


@pytest.mark.parametrize(
    "question",
    ["", "What do they focus on?", "地理教程用哪个模块?"],
    ids=["none", "short", "Chinese"],
)
def test_a_question_that_no_sentence_has_the_words_of_asks_nothing_of_quotes(question):
    claim = "They focus on pandas."
    assert finding(claim, "They use pandas.", question=question, surroundings=OTHER) is None
