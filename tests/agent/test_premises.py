"""A question that takes for granted what a paper denies."""

import pytest

from r1agent.audit import conclude
from r1agent.checks.standard import standard_checks
from r1agent.citations import CitationGate
from r1agent.premises import corrected, false_premise, premise_of
from r1agent.types import Plan, Trajectory
from tests.agent.made_runs import evidence_of, made_run, passage, searched_step

DENIED = "In all runs smoothing the teacher hurts the student."
QUESTION = "Why does smoothing the teacher help the student?"


@pytest.mark.parametrize(
    ("question", "premise"),
    [
        ("Why does dropout hurt small networks?", "dropout hurt small networks"),
        ("By how much did the drug increase survival?", "the drug increase survival"),
        ("Given that sleep harms memory, what can be done?", "sleep harms memory"),
        ("What explains the loss of accuracy at night?", "the loss of accuracy at night"),
        ("为什么标签平滑提高了准确率?", "标签平滑提高了准确率"),
    ],
)
def test_what_a_question_takes_for_granted_is_read_from_it(question, premise):
    assert premise_of(question) == premise


@pytest.mark.parametrize(
    "question",
    ["Does dropout hurt small networks?", "What lowered the error?", "Why?", "Compute 2 + 2."],
)
def test_a_question_that_asks_whether_takes_nothing_for_granted(question):
    assert premise_of(question) is None


def gate():
    return CitationGate(standard_checks())


def test_the_quote_that_denies_the_premise_is_found():
    found = false_premise(QUESTION, evidence_of(passage(DENIED)), gate())
    assert found.citation.quote == DENIED
    assert found.reason == "says 'help' where the quote says 'hurts'"


def test_a_premise_that_another_passage_bears_out_is_left_alone():
    agreeing = passage("We find that smoothing the teacher helps the student.", id="bb22:1")
    assert false_premise(QUESTION, evidence_of(passage(DENIED), agreeing), gate()) is None


def test_a_passage_about_something_else_denies_nothing():
    other = passage("The optimiser hurts memory use on small cards.")
    assert false_premise(QUESTION, evidence_of(other), gate()) is None


def test_a_false_premise_is_answered_by_the_quote_that_contradicts_it():
    found = passage(DENIED)
    run, _, _ = made_run(QUESTION)
    evidence = evidence_of(found)
    trajectory = Trajectory((searched_step(found),))
    answer = corrected(conclude(run, Plan(()), trajectory, [], evidence, gate()), evidence, gate())
    assert answer.outcome == "answered"
    assert answer.text == (
        "The papers contradict what the question takes for granted; they say, word for word: "
        f"“{DENIED}” [1]"
    )


def test_an_answer_to_a_fair_question_stays_as_it_is():
    found = passage(DENIED)
    run, _, _ = made_run("Does smoothing the teacher help the student?")
    evidence = evidence_of(found)
    trajectory = Trajectory((searched_step(found),))
    answer = conclude(run, Plan(()), trajectory, [], evidence, gate())
    assert corrected(answer, evidence, gate()) is answer
