"""Sentences that would pass the gate and answer nothing are not written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.filler import adds_nothing, is_beside, is_filler, says_that_nothing_is_said
from r1agent.writer import Writer
from tests.agent.made_runs import evidence_of, made_run, passage


@pytest.mark.parametrize(
    "text",
    [
        "The paper discusses dropout in small networks.",
        "This study investigates the effect of weight decay.",
        "In this paper, the authors explore dropout.",
        "The passages provide an overview of regularisation.",
        "Both papers focus on the calibration of networks.",
        "该论文主要讨论了随机失活。",
        "The passages do not mention which optimizer was used.",
        "The text doesn’t specify the batch size.",  # noqa: RUF001
        "The learning rate is not stated in the given passages.",
        "There is no information about the cost in the papers.",
        "论文中没有提到优化器。",
    ],
)
def test_what_a_paper_is_about_or_does_not_say_is_no_answer(text):
    assert is_filler(text, "Which optimizer lowered the error?")


@pytest.mark.parametrize(
    ("text", "question"),
    [
        ("Dropout lowered the test error.", "What did dropout lower?"),
        ("Weight decay did not improve the calibration.", "Did weight decay help?"),
        ("The paper discusses dropout.", "What is the paper about?"),
        ("The paper examines three networks.", "Which topics are covered?"),
        ("The paper reviews 41 experiments.", "How large is the survey?"),
        ("The students do not give better labels.", "Do students give better labels?"),
        ("Dropout is described as noise.", "How is dropout described?"),
    ],
)
def test_sentences_that_say_something_stay(text, question):
    assert not is_filler(text, question)


@given(st.text(), st.text())
def test_any_sentence_can_be_asked_about(text, question):
    assert is_filler(text, question) in (True, False)


def test_the_writer_keeps_what_answers():
    reply = "The paper discusses dropout [1]. Dropout of 0.5 lowered the test error [1]."
    run, _, _ = made_run(replies=[reply])
    drafts = Writer().write(run, evidence_of(passage()))
    assert [draft.text for draft in drafts] == ["Dropout of 0.5 lowered the test error."]


def test_a_reply_that_only_says_that_nothing_is_said_abstains():
    run, _, _ = made_run(replies=["The passages do not mention the optimizer [1]."])
    assert Writer().write(run, evidence_of(passage())) == []
    assert run.abstained
    assert says_that_nothing_is_said("The passages do not mention it.")


def test_no_more_than_four_sentences_are_written():
    reply = " ".join(f"Training run {n} took 90 minutes [1]." for n in range(6))
    run, _, _ = made_run(replies=[reply])
    assert len(Writer().write(run, evidence_of(passage()))) == 4


def test_beside_the_fact_that_was_asked_for_nothing_else_is_written():
    reply = "Training took 90 minutes [1]. Weight decay did not improve the calibration [1]."
    run, _, _ = made_run("How long did training take?", replies=[reply])
    drafts = Writer().write(run, evidence_of(passage()))
    assert [draft.text for draft in drafts] == ["Training took 90 minutes."]
    assert not is_beside("It erases information.", "Why does smoothing hurt?")


@pytest.mark.parametrize(
    ("text", "question", "nothing"),
    [
        ("The team found a copy of its code.", "Where did the team find a copy of its code?", True),
        ("The tool found a copy.", "Where was a copy found?", True),
        ("It was found in an archive.", "Where was a copy found?", False),
        ("A copy was found 3 times.", "How often was a copy found?", False),
        ("Smoothing helps the student.", "Does smoothing help the student?", False),
    ],
)
def test_a_question_repeated_is_no_answer_to_which_and_where(text, question, nothing):
    assert adds_nothing(text, question) is nothing


def test_a_draft_that_only_repeats_the_question_is_a_silence_and_no_failure():
    run, _, _ = made_run("Which error did dropout lower?", replies=["Dropout did lower an error."])
    assert Writer().write(run, evidence_of(passage())) == []
    assert run.abstained
