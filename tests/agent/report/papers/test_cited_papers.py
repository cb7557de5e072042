from dataclasses import replace

import pytest

from r1agent.report.papers.cited_papers import citation_keys, doi_of
from tests.agent.report.answers import QUOTE
from tests.agent.report.reports import SCAN


def by(author, year, **more):
    return replace(QUOTE, authors=(author,) if author else (), year=year, **more)


@pytest.mark.parametrize(
    ("paper", "key"),
    [
        (by("Geoffrey Hinton", 2015), "hinton2015"),
        (by("Małgorzata Łącka-Größe", 2015), "lackagrosse2015"),
        (by("Geoffrey Hinton", None), "hinton"),
        (by("王小明", 2020, title="蒸馏 and smoothing"), "smoothing2020"),
        (by("", 2020, title="A study of teachers"), "study2020"),
        (replace(SCAN, file="王.pdf"), "c9"),
    ],
)
def test_a_key_is_the_surname_and_the_year(paper, key):
    assert citation_keys([paper]) == [key]


def test_equal_keys_get_letters_and_none_changes_when_papers_follow():
    papers = [by("Ann Li", 2020)] * 29
    keys = citation_keys(papers)
    assert keys[:3] == ["li2020", "li2020a", "li2020b"]
    assert keys[26:] == ["li2020z", "li2020aa", "li2020ab"]
    assert citation_keys(papers[:5]) == keys[:5]


@pytest.mark.parametrize("doi", [None, "", "x", "10.1/x", "10.1234/a b", "javascript:alert(1)"])
def test_what_is_no_doi_is_left_out(doi):
    assert doi_of(replace(QUOTE, doi=doi)) == ""


def test_the_key_of_the_users_library_is_kept_and_none_that_is_made_takes_it():
    papers = [by("Ann Li", 2020), by("Bo Chen", 2021, citation_key="Li2020"), by("Ann Li", 2020)]
    assert citation_keys(papers) == ["li2020a", "Li2020", "li2020b"]


def test_a_key_that_two_papers_have_gets_a_letter_for_the_second():
    papers = [by("Ann Li", 2020, citation_key="chenWater2021")] * 2
    assert citation_keys(papers) == ["chenWater2021", "chenWater2021a"]


@pytest.mark.parametrize("key", ["a,b", "a}b", "a b", "%a", "\\input", "", "-a", "a" * 101, "a\n"])
def test_a_key_that_bibtex_cannot_take_is_not_used(key):
    assert citation_keys([by("Ann Li", 2020, citation_key=key)]) == ["li2020"]
