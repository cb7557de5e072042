"""Words and meaning of a sentence against its quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.embeddings import Embeddings

from r1agent.checks.entailment import EntailmentCheck, coverage
from r1agent.checks.finding import Sources

QUOTE = "Dropout lowered the test error of small networks on shore photographs."


class Fixed(Embeddings):
    """Claims point along the first axis; quotes at a chosen cosine to it."""

    def __init__(self, cosine: float) -> None:
        self.cosine = cosine

    def embed_query(self, text):
        return [1.0, 0.0]

    def embed_documents(self, texts):
        return [[self.cosine, (1 - self.cosine**2) ** 0.5] for _ in texts]


def check(claim, *, cosine=None, quote=QUOTE):
    embeddings = None if cosine is None else Fixed(cosine)
    return EntailmentCheck(embeddings).check(claim, Sources((quote,)))


def test_a_sentence_in_the_words_of_its_quote_passes():
    assert check("Dropout lowered the error of small networks.") is None


@pytest.mark.parametrize(
    ("question", "claim", "quote"),
    [
        ("How many parts are there?", "There are three parts.", "It is divided into three parts."),
        ("How many are there?", "There are over ten thousand.", "Over 10,000 of them exist."),
    ],
)
def test_a_number_is_something_told(question, claim, quote):
    assert EntailmentCheck().check(claim, Sources((quote,), question=question)) is None


def test_a_sentence_in_other_words_is_unsupported():
    finding = check("Transformers translate medieval poetry fluently.", cosine=1.0)
    assert finding.support == "unsupported"
    assert finding.reason == "only 0% of its words are in the quote"


def test_half_the_words_pass_only_where_the_meaning_is_close():
    claim = "Dropout lowered errors across seventeen architectures."
    assert check(claim, cosine=0.9) is None
    assert check(claim, cosine=0.2).support == "partly"


def test_without_embeddings_words_alone_decide():
    assert check("Dropout lowered errors across seventeen architectures.").support == "partly"


@pytest.mark.parametrize("claim", ["It is so.", '{"a": {"a": ', "Which is it?"])
def test_a_sentence_that_says_nothing_is_carried_by_no_quote(claim):
    assert check(claim).reason == "says nothing that a quote could carry"


def test_a_bare_number_is_left_to_the_check_of_numbers():
    assert check("It was 90.") is None


def test_a_sentence_without_quotes_is_left_to_other_checks():
    assert EntailmentCheck().check("Anything at all.", Sources((), outputs=("5050",))) is None


def test_the_title_of_the_cited_paper_may_be_named():
    sources = Sources((QUOTE,), context="Regularisation Handbook")
    claim = "In the Regularisation Handbook dropout lowered the error."
    assert coverage(claim, QUOTE, sources) == 1.0


def test_yes_is_nothing_that_a_quote_would_have_to_say():
    sources = Sources((QUOTE,), question="Did dropout lower the test error of small networks?")
    assert EntailmentCheck().check("Yes, dropout lowered the test error.", sources) is None
    worse = EntailmentCheck().check("Yes, and transformers translate poetry.", sources)
    assert worse.support == "unsupported"


def test_words_of_the_question_prove_less_than_others():
    sources = Sources((QUOTE,), question="What about dropout?")
    assert coverage("Dropout evaporates.", QUOTE, sources) == 0.3 / 1.3


def test_the_audit_is_told_how_entailment_was_judged():
    assert EntailmentCheck().method == "word floor"
    assert EntailmentCheck(Fixed(1.0)).method == "word and embedding floors"


@given(st.text(), st.text())
def test_coverage_is_a_share(claim, quoted):
    assert 0.0 <= coverage(claim, quoted, Sources((quoted,))) <= 1.0


def test_a_vector_of_zeros_is_close_to_nothing():
    class Zeros(Fixed):
        def embed_query(self, text):
            return [0.0, 0.0]

    claim = "Dropout lowered errors across seventeen architectures."
    assert EntailmentCheck(Zeros(1.0)).check(claim, Sources((QUOTE,))).support == "partly"
