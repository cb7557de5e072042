"""What a sentence tells must be told by the paper that the sentence speaks of."""

import pytest

from r1agent.checks.finding import Sources
from r1agent.checks.subjects import SubjectCheck, clauses

QUESTION = "Which hosted service do the Riga statistics course and the Lima optics course use?"
RIGA = "Statistics in Riga. The course in Riga teaches statistics on Binder."
LIMA = "Optics for beginners. In Lima the optics course runs on Colab."


def found(claim, *quotes, question=QUESTION):
    papers = {"riga": RIGA, "lima": LIMA}
    origins = tuple("riga" if quote in RIGA else "lima" for quote in quotes)
    sources = Sources(quotes, question=question, origins=origins, papers=papers)
    return SubjectCheck().check(claim, sources)


ON_BINDER = "The course in Riga teaches statistics on Binder."
ON_COLAB = "In Lima the optics course runs on Colab."


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        ("The Riga statistics course uses Binder.", (ON_BINDER,)),
        ("The Lima optics course uses Colab.", (ON_COLAB,)),
        (
            "The Riga statistics course uses Binder while the Lima optics course uses Colab.",
            (ON_BINDER, ON_COLAB),
        ),
        ("Both use a hosted service.", (ON_BINDER,)),
    ],
)
def test_what_the_right_paper_says_holds(claim, quotes):
    assert found(claim, *quotes) is None


@pytest.mark.parametrize(
    ("claim", "quotes"),
    [
        ("The Riga statistics course uses Colab.", (ON_COLAB,)),
        ("The Lima optics course uses Binder.", (ON_BINDER,)),
        (
            "The Riga statistics course uses Binder, and the Lima optics course uses Binder.",
            (ON_BINDER, ON_COLAB),
        ),
    ],
)
def test_what_another_paper_says_does_not(claim, quotes):
    finding = found(claim, *quotes)
    assert finding is not None
    assert finding.support == "unsupported"


def test_one_word_that_another_paper_happens_to_have_does_not_make_the_sentence_its_own():
    quote = "The gain is largest at a smoothing parameter of 0.1."
    papers = {
        "sweep": quote,
        "survey": "The gain of their teacher gave the largest models a parameter.",
    }
    question = "Which smoothing parameter of the teacher gave the largest gain?"
    sources = Sources(
        (quote,), question=question, origins=("sweep",), papers=papers | {"third": "x"}
    )
    claim = "The parameter that gave the largest gain was 0.1."
    assert SubjectCheck().check(claim, sources) is None


def test_without_a_question_or_another_paper_there_is_nothing_to_confuse():
    claim = "The Riga statistics course uses Colab."
    assert found(claim, ON_COLAB, question="") is None
    alone = Sources((ON_COLAB,), question=QUESTION, origins=("lima",), papers={"lima": LIMA})
    assert SubjectCheck().check(claim, alone) is None


def test_short_pieces_are_no_clauses():
    assert clauses("It uses Binder, and Colab.") == ["It uses Binder, and Colab."]
