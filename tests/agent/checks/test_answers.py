"""An answer holds what was asked for: a number, a date, a name."""

import pytest

from r1agent.checks.answers import asked_for, holds, with_what_was_asked
from r1agent.types import Claim, Computation, Verdict


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("How many seeds were used?", "number"),
        ("How long did training take?", "number"),
        ("How much worse was the student?", "number"),
        ("By how much did the loss fall?", "number"),
        ("What percentage of the images was used?", "percentage"),
        ("What share, in percent, of them passed?", "percentage"),
        ("How many images are there in all?", "number"),
        ("训练用了多少张图片?", "number"),
        ("When was the method introduced?", "date"),
        ("In which year did it appear?", "date"),
        ("Who proposed reservoir sampling?", "name"),
        ("Who replicated the experiment?", "name"),
        ("How much does smoothing help?", None),
        ("When does smoothing hurt?", None),
        ("Does smoothing help?", None),
        ("Which temperature was best?", None),
        ("What does the paper say about the number of layers?", None),
        ("Who benefits from larger batches?", None),
    ],
)
def test_what_a_question_asks_for(question, asked):
    assert asked_for(question) == asked


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("percentage", "It was 30 % of the images."),
        ("percentage", "A third of the images was used."),
        ("percentage", "用了百分之三十的图片。"),
        ("percentage", "It was used by 22 of 88 teams."),
        ("number", "Five seeds were used."),
        ("number", "Two seeds were used."),
        ("number", "Only half of the images were used."),
        ("number", "No image was used."),
        ("number", "用了三个种子。"),
        ("date", "It was introduced in 1985."),
        ("date", "It appeared in March."),
        ("name", "It was proposed by Vitter."),
        ("name", "Vitter proposed it."),
        ("name", "该方法由张伟提出。"),
    ],
)
def test_sentences_that_hold_it(asked, text):
    assert holds(asked, text)


@pytest.mark.parametrize(
    ("asked", "text", "question"),
    [
        ("percentage", "66 men and 22 women passed.", ""),
        ("number", "Training was slow.", ""),
        ("number", "At temperature 8 it was worse.", "How much worse was it at temperature 8?"),
        ("date", "It was introduced with 120 items.", ""),
        ("name", "The authors proposed it.", ""),
        ("name", "The first paper replicated it.", "Who replicated it?"),
        ("name", "Reservoir sampling was proposed then.", "Who proposed Reservoir sampling?"),
    ],
)
def test_sentences_that_do_not(asked, text, question):
    assert not holds(asked, text, question)


def claim(text, support="supported"):
    return Claim(text, (), Verdict(support, "quote on p. 1 of a.pdf"))


HOW_MANY = "How many seeds were used?"


def test_beside_a_sentence_that_answers_the_others_stay():
    claims = [claim("Five seeds were used."), claim("Each was trained anew.")]
    assert with_what_was_asked(claims, HOW_MANY) == claims


def test_without_one_none_is_shown_and_each_says_why():
    (found,) = with_what_was_asked([claim("The seeds were drawn at random.")], HOW_MANY)
    assert not found.verdict.supported
    assert found.verdict.reasons == ("the question asks for a number, and no sentence gives one",)


def test_a_sentence_that_the_gate_did_not_let_through_does_not_answer():
    claims = [claim("Nine seeds were used.", "unsupported"), claim("Seeds were drawn.")]
    assert not any(one.verdict.supported for one in with_what_was_asked(claims, HOW_MANY))
    assert with_what_was_asked(claims, HOW_MANY)[0] == claims[0]


def test_a_bare_number_that_a_program_printed_is_a_percentage():
    printed = Claim(
        "The program printed: 25.0.",
        (),
        Verdict("supported", "result of `python`"),
        (Computation("python", "print(100 * 22 / 88)", "25.0", ""),),
    )
    asked = "What percentage of the images was used?"
    assert with_what_was_asked([printed], asked) == [printed]
    (found,) = with_what_was_asked([claim("22 of them were used.")], asked)
    assert not found.verdict.supported
