"""Who contradicts whom among the answers of a section."""

import pytest

from r1agent.checks.floors import Floors
from r1agent.review.disputes import disputes_in
from r1agent.types import Answer, Audit, Citation, Claim, Contradiction, Plan, Trajectory, Verdict

HELPS = "Smoothing the teacher helps the student in every run."
HURTS = "Smoothing the teacher hurts the student in every run."


def quote(text, paper):
    return Citation(f"{paper}:1", text, paper, f"{paper}.pdf", "T", 1, "1", 0, len(text))


def answer(text, paper, *, against=()):
    claim = Claim(text, (quote(text, paper),), Verdict("supported", "a quote"))
    found = tuple(Contradiction(text, one, "differs") for one in against)
    return Answer(
        "r", "q", "answered", (claim,), Plan(()), Trajectory(), Audit(1.0, "high"),
        contradictions=found,
    )  # fmt: skip


def quoting(text, paper):
    quoted = (quote(text, paper),)
    return Answer(
        "r", "q", "answered", (), Plan(()), Trajectory(), Audit(0.0, "none"), extracts=quoted
    )


def sides(disputes):
    return [{one.one.quote, one.other.quote} for one in disputes]


@pytest.mark.parametrize(
    "pair",
    [
        (HELPS, HURTS),
        ("Dropout lowered the error of the network.", "Dropout raised the error of the network."),
        ("Decay improves the calibration of all.", "Decay did not improve the calibration of all."),
    ],
)
def test_sentences_of_two_papers_that_turn_each_other_around_are_a_dispute(pair):
    one, other = pair
    assert sides(disputes_in([answer(one, "aa"), answer(other, "bb")], Floors())) == [{*pair}]


def test_quotes_that_stand_for_sentences_count_too():
    assert sides(disputes_in([answer(HELPS, "aa"), quoting(HURTS, "bb")], Floors()))


def test_a_paper_does_not_contradict_itself():
    assert disputes_in([answer(HELPS, "aa"), answer(HURTS, "aa")], Floors()) == ()


@pytest.mark.parametrize(
    "other",
    [
        "Smoothing the teacher helps the student in every run, we confirm.",
        "Crabs prefer the larger shells in spring.",
    ],
)
def test_papers_that_agree_or_speak_of_something_else_are_no_dispute(other):
    assert disputes_in([answer(HELPS, "aa"), answer(other, "bb")], Floors()) == ()


def test_the_opposite_at_another_number_is_no_dispute():
    one, other = (f"At temperature {at} {text}" for at, text in ((1, HELPS), (8, HURTS)))
    assert disputes_in([answer(one, "aa"), answer(other, "bb")], Floors()) == ()


def test_what_an_answer_found_itself_is_named_once():
    found = answer(HELPS, "aa", against=[quote(HURTS, "bb")])
    disputes = disputes_in([found, answer(HURTS, "bb"), found], Floors())
    assert [(one.statement, one.reason) for one in disputes] == [(HELPS, "differs")]
