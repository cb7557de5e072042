"""Names of a sentence against those of its quotes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.checks.finding import Sources
from r1agent.checks.names import NameCheck, names_in

QUOTE = "On CIFAR-10 the ResNet-50 of He beat a convolutional neural network by 3 points."


def finding(claim: str, quote: str = QUOTE, **sources: str):
    return NameCheck().check(claim, Sources((quote,), **sources))


@pytest.mark.parametrize(
    "claim",
    [
        "ResNet50 won on CIFAR-10.",
        "A CNN lost by 3 points.",
        "The network of He won.",
        "Networks lost.",
        "According to Figure 2, it won.",
        "ResNet-50's lead was 3 points.",
    ],
)
def test_names_of_the_quote_pass(claim):
    assert finding(claim) is None


@pytest.mark.parametrize(
    ("claim", "reason"),
    [
        ("The VGG beat a network by 3 points.", "VGG is not in its quote"),
        ("It won by 3 points on ImageNet.", "ImageNet is not in its quote"),
        ("On MNIST the ResNet-50 of He won.", "MNIST is not in its quote"),
    ],
)
def test_a_name_that_nothing_has_is_told(claim, reason):
    found = finding(claim)
    assert found is not None
    assert (found.support, found.reason) == ("unsupported", reason)


def test_what_a_quote_calls_it_may_have_its_name_in_title_question_or_passage():
    quote = "It won by 3 points."
    for where in ("context", "question", "surroundings"):
        assert finding("The VGG won by 3 points.", quote, **{where: "A study of VGG"}) is None


def test_a_name_in_the_place_of_another_is_told_though_the_title_has_it():
    found = finding("On CIFAR-10 the VGG of He beat it.", context="A study of VGG")
    assert found is not None
    assert found.reason == "says 'VGG' where the quote says 'ResNet-50'"


@pytest.mark.parametrize(
    ("question", "quote", "passes"),
    [
        ("Who created Manim?", "In 2019 he created it.", False),
        ("Who created Manim?", "We created it in 2019.", True),
        ("Who wrote the paper on Manim?", "This paper is on Manim.", True),
        ("Who created Manim?", "Eertmans created it.", True),
    ],
)
def test_who_did_something_is_named_by_the_quote_or_says_we(question, quote, passes):
    about = {"context": "Manim Slides Eertmans 2023", "question": question}
    found = finding("It was created by Eertmans.", quote, **about)
    assert (found is None) == passes


def test_an_identifier_of_code_is_a_name():
    assert names_in("It calls get_grades() twice.") == ["get_grades"]
    assert finding("It calls read_policy().", "It calls get_grades().").reason == (
        "read_policy is not in its quote"
    )
    assert finding("It calls get_grades().", "It calls get_grades().") is None


def test_a_claim_without_quotes_is_for_other_checks():
    assert NameCheck().check("NASA printed 5.", Sources((), ("5",))) is None


def test_the_first_word_of_a_sentence_is_no_name_but_an_acronym_is():
    assert names_in("Networks won. Dropout of NASA and iPhone won. BERT lost.") == [
        "NASA",
        "iPhone",
        "BERT",
    ]


@given(st.text(max_size=200))
def test_every_name_of_a_text_is_in_it(text):
    assert finding(text, text) is None
