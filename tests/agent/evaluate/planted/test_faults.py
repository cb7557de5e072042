"""What makes a true sentence wrong."""

import random
from dataclasses import replace

import pytest

from r1agent.evaluate.planted import cited_faults, worded_faults
from r1agent.evaluate.planted.corpus import corpus_of_folder
from r1agent.evaluate.planted.faults import CITED, PLANTERS, WORDED, plant
from r1agent.evaluate.planted.pairs import Pair, make_pairs
from tests.agent.evaluate.planted.made_papers import write_papers


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_of_folder(write_papers(tmp_path_factory.mktemp("papers")))


@pytest.fixture(scope="module")
def pairs(corpus):
    return make_pairs(corpus, count=10, seed=0)


def worded(rule, claim, pairs, corpus):
    """Return the claim as a rule makes it wrong, None where the rule does not apply."""
    pair = Pair(claim, replace(pairs[0].citation, quote=claim), ())
    made = rule(pair, corpus, random.Random(0))
    return made and made[0]


def test_the_kinds_are_those_of_citations_and_those_of_words():
    assert list(PLANTERS) == [*CITED, *WORDED]
    assert len(PLANTERS) == 12


def test_the_same_seed_plants_the_same_faults(pairs, corpus):
    assert plant(pairs, corpus, seed=5) == plant(pairs, corpus, seed=5)


def test_every_fault_differs_from_the_pair_it_was_made_of(pairs, corpus):
    for fault in plant(pairs, corpus, seed=0):
        pair = pairs[fault.pair]
        assert (fault.claim, fault.citation) != (pair.claim, pair.citation)


def test_a_changed_number_is_in_neither_sentence_nor_quote(pairs, corpus):
    claim = "The pump lowered the water table by 12 cm."
    assert worded(worded_faults.number, claim, pairs, corpus) in {
        f"The pump lowered the water table by {number} cm." for number in (13, 14, 15)
    }


def test_a_year_becomes_another_year(pairs, corpus):
    made = worded(worded_faults.number, "It was built in 2019.", pairs, corpus)
    assert made in {f"It was built in {year}." for year in (2020, 2021, 2022)}


@pytest.mark.parametrize(
    ("rule", "claim", "wrong"),
    [
        ("unit", "It took 5 minutes to fill.", "It took 5 hours to fill."),
        ("comparison", "The error was higher here.", "The error was lower here."),
        ("negation", "The tank is made of glass.", "The tank is not made of glass."),
        ("negation", "The tank was not made of glass.", "The tank was made of glass."),
        ("dropped_words", "It never fills the tank.", "It fills the tank."),
        ("percentage", "They hold 40 % of the water.", "They hold 40 of the water."),
        (
            "swapped_numbers",
            "It has 3 taps and takes 9 litres.",
            "It has 9 taps and takes 3 litres.",
        ),
    ],
)
def test_a_rule_makes_a_sentence_wrong(rule, claim, wrong, pairs, corpus):
    assert worded(WORDED[rule], claim, pairs, corpus) == wrong


@pytest.mark.parametrize("rule", ["number", "unit", "percentage", "swapped_numbers", "comparison"])
def test_a_rule_leaves_a_sentence_alone_that_it_does_not_fit(rule, pairs, corpus):
    assert worded(WORDED[rule], "The tank holds water.", pairs, corpus) is None


def test_an_invented_passage_is_none_of_the_corpus(pairs, corpus):
    _, citation = cited_faults.invented_passage(pairs[0], corpus, random.Random(0))
    assert citation.passage not in corpus.passages


def test_a_passage_is_invented_too_where_a_paper_has_thousands(pairs, corpus):
    paper = pairs[0].citation.paper
    passage = next(iter(corpus.passages.values()))
    many = {f"{paper}:{number}": passage for number in range(2_000)}
    long = replace(corpus, passages=corpus.passages | many)
    _, citation = cited_faults.invented_passage(pairs[0], long, random.Random(0))
    assert citation.passage not in long.passages


def test_a_foreign_quote_is_not_on_the_page(pairs, corpus):
    for pair in pairs:
        claim, citation = cited_faults.foreign_quote(pair, corpus, random.Random(0))
        assert citation.quote not in corpus.page_text(citation.paper, citation.page)
        assert claim == " ".join(citation.quote.split())


def test_a_sentence_that_both_papers_have_is_no_foreign_quote(pairs, corpus):
    everything = "\n".join(corpus.pages.values())
    both = replace(corpus, pages=dict.fromkeys(corpus.pages, everything))
    assert cited_faults.foreign_quote(pairs[0], both, random.Random(0)) is None


def test_a_paper_of_one_page_has_no_wrong_page(pairs, corpus):
    assert cited_faults.wrong_page(pairs[0], corpus, random.Random(0)) is None
