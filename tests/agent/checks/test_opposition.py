"""Another sentence of the quoted paper does not say the opposite."""

from r1agent.checks.finding import Sources
from r1agent.checks.opposition import OppositionCheck

DENIED = "The old tool does not work with ManimGL."
BESIDE = "Tests of the tool cover ManimGL and Windows."
PAPER = f"{BESIDE} {DENIED} It has changed little."


def finding(claim, quote):
    sources = Sources((quote,), origins=("a",), papers={"a": PAPER})
    return OppositionCheck().check(claim, sources)


def test_a_sentence_that_denies_the_claim_contradicts_it():
    found = finding("The old tool works with ManimGL.", BESIDE)
    assert found.support == "contradicted"
    assert found.reason == "another sentence of the paper says otherwise"


def test_the_quote_itself_is_left_to_the_check_of_negations():
    assert finding("The old tool does not work with ManimGL.", DENIED) is None


def test_a_sentence_that_says_less_of_the_claim_than_its_quote_does_not_count():
    claim = "Tests of the tool cover Windows, and they work."
    assert finding(claim, BESIDE) is None
