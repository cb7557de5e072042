"""Years of cited works prove nothing of when something happened."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.cited_years import without_cited_years
from r1agent.checks.finding import Sources
from r1agent.checks.numbers import NumberCheck

QUOTE = "The tool grades notebooks (Kluyver et al., 2016) and was begun in 2014."


def finding(claim, quote=QUOTE):
    return NumberCheck().check(claim, Sources((quote,)))


def test_the_year_of_a_citation_dates_no_event():
    assert finding("The tool was begun in 2014.") is None
    assert finding("The tool was begun in 2016.").reason == "2016 is not in its quote"


def test_a_sentence_about_the_cited_work_may_name_its_year():
    assert finding("Kluyver described notebooks in 2016.") is None


@pytest.mark.parametrize(
    "cited",
    [
        "(Sanderson, 2018)",
        "(Wing, 2008; Forte & Guzdial, 2005)",
        "(see Haak et al., 2011)",
        "(National Center for Education Statistics, 2012)",
        "(Jeremy White et al., 2016b)",
        "(Moore and Hill, 2001, 2003)",
        "(Jones et al. 2001)",
        "(Rokem and Landau 2016)",
        "(van Dijk, 2012)",
        "[Ling Lo, 2012]",
    ],
)
def test_citations_of_every_form_are_taken_out(cited):
    assert not any(character.isdigit() for character in without_cited_years(f"It {cited} is.", ""))


@pytest.mark.parametrize(
    "text",
    [
        "It grew (from 2001 to 2009).",
        "It began (in May 2014).",
        "Sales fell (12 of 2001 shops).",
        "It closed (March, 2014).",
        "The club (founded in 2012) grew.",
        "The workshop (Melbourne 2013) was full.",
        "It grew (since 2014).",
    ],
)
def test_other_numbers_in_brackets_stay(text):
    assert without_cited_years(text, "") == text


def test_a_work_named_in_the_sentence_keeps_its_author():
    assert without_cited_years("As Moore et al. (2001) say, it fell.", "") == (
        "As Moore et al. say, it fell."
    )


@given(st.text(alphabet="AbMay ,;&().[]0125et al", max_size=80), st.text(max_size=20))
def test_any_text_is_read(text, claim):
    assert len(without_cited_years(text, claim)) <= len(text) + text.count("[")
