"""True sentences, and the quotes that carry them."""

import pytest

from r1agent.evaluate.planted.corpus import Corpus, corpus_of_folder
from r1agent.evaluate.planted.pairs import make_pairs
from tests.agent.evaluate.planted.made_papers import write_papers


@pytest.fixture(scope="module")
def corpus(tmp_path_factory):
    return corpus_of_folder(write_papers(tmp_path_factory.mktemp("papers")))


def test_every_quote_is_on_its_page_word_for_word(corpus):
    pairs = make_pairs(corpus, count=10, seed=0)
    assert pairs
    for pair in pairs:
        here = pair.citation
        assert corpus.page_text(here.paper, here.page)[here.start : here.end] == here.quote


def test_every_sentence_is_worded_otherwise_than_its_quote(corpus):
    for pair in make_pairs(corpus, count=10, seed=0):
        assert pair.rewritten
        assert pair.claim != " ".join(pair.citation.quote.split())


def test_the_same_seed_gives_the_same_pairs(corpus):
    assert make_pairs(corpus, count=5, seed=7) == make_pairs(corpus, count=5, seed=7)


def test_no_more_pairs_are_made_than_asked_for(corpus):
    assert len(make_pairs(corpus, count=3, seed=0)) == 3


def test_a_corpus_without_sentences_gives_no_pairs():
    assert make_pairs(Corpus({}, {}), count=3, seed=0) == []
