"""Failures are listed beside the answers, passed over, and asked again when that is wanted."""

from dataclasses import replace

import pytest

from r1agent.batch import BatchItem, ThreadPool, run_batch
from r1agent.errors import ModelOutputError, ModelServerError
from tests.agent.batch.answers import FAILED, ITEMS, Answers, ids_of, lines_of

LOST = ModelServerError("no server")


@pytest.fixture
def out(tmp_path):
    return tmp_path / "answers.jsonl"


@pytest.fixture
def failures(out):
    return out.with_name("answers.failed.jsonl")


def test_failures_are_listed_with_reasons(out, failures):
    assistant = Answers(First=FAILED, Second=ModelOutputError("no JSON"))
    report = run_batch(ThreadPool(assistant), ITEMS, out)
    assert (report.done, report.failed) == (1, 2)
    assert [(line["id"], line["question"], line["reason"]) for line in lines_of(failures)] == [
        ("a", "First?", "No step worked."),
        ("b", "Second?", "no JSON"),
    ]


def test_what_failed_is_passed_over_and_counted(out, failures):
    run_batch(ThreadPool(Answers(First=FAILED)), ITEMS, out)
    assistant = Answers()
    report = run_batch(ThreadPool(assistant), ITEMS, out)
    assert assistant.asked == []
    assert (report.done, report.skipped, report.failed_before) == (0, 2, 1)
    assert ids_of(failures) == ["a"]


def test_what_failed_is_asked_again_when_wanted(out, failures):
    run_batch(ThreadPool(Answers(First=FAILED, Second=FAILED)), ITEMS, out)
    assistant = Answers(Second=replace(FAILED, message="Again."))
    report = run_batch(ThreadPool(assistant), ITEMS, out, retry_failed=True)
    assert assistant.asked == ["First?", "Second?"]
    assert (report.done, report.failed, report.failed_before) == (1, 1, 0)
    assert [(line["id"], line["reason"]) for line in lines_of(failures)] == [("b", "Again.")]
    run_batch(ThreadPool(Answers()), ITEMS, out, retry_failed=True)
    assert not failures.exists()
    assert ids_of(out) == ["c", "a", "b"]


def test_a_stop_while_they_are_asked_again_loses_none(out, failures):
    run_batch(ThreadPool(Answers(First=FAILED, Second=FAILED, Third=FAILED)), ITEMS, out)
    with pytest.raises(KeyboardInterrupt):
        run_batch(
            ThreadPool(Answers(Second=FAILED, Third=KeyboardInterrupt())),
            ITEMS,
            out,
            retry_failed=True,
        )
    assistant = Answers()
    run_batch(ThreadPool(assistant), ITEMS, out, retry_failed=True)
    assert assistant.asked == ["Second?", "Third?"]
    assert sorted(ids_of(out)) == ["a", "b", "c"]


def test_a_failed_question_that_was_reworded_is_asked(out):
    run_batch(ThreadPool(Answers(First=FAILED)), ITEMS, out)
    assistant = Answers()
    run_batch(ThreadPool(assistant), [BatchItem("a", "Better?"), *ITEMS[1:]], out)
    assert assistant.asked == ["Better?"]


def test_questions_of_a_lost_server_are_no_failures(out, failures):
    items = [*ITEMS, BatchItem("d", "Fourth?")]
    assistant = Answers(First=LOST, Second=LOST, Third=LOST)
    with pytest.raises(ModelServerError, match="no server"):
        run_batch(ThreadPool(assistant), items, out)
    assert not failures.exists()
    again = Answers()
    assert run_batch(ThreadPool(again), items, out).done == 4


def test_a_question_that_fails_on_a_server_that_is_there_is_a_failure(out, failures):
    run_batch(ThreadPool(Answers(First=LOST)), ITEMS, out)
    assert [(line["id"], line["reason"]) for line in lines_of(failures)] == [("a", "no server")]
    assert ids_of(out) == ["b", "c"]


def test_a_server_lost_at_the_very_end_leaves_failures(out, failures):
    run_batch(ThreadPool(Answers(Second=LOST, Third=LOST)), ITEMS, out)
    assert ids_of(failures) == ["b", "c"]


def test_beginning_anew_forgets_the_failures(out, failures):
    run_batch(ThreadPool(Answers(First=FAILED)), ITEMS, out)
    assert run_batch(ThreadPool(Answers()), ITEMS, out, resume=False).done == 3
    assert not failures.exists()
