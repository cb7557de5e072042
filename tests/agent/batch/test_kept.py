"""Answers that are kept by id: over kills, beside other processes, and never of another job."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from r1agent.batch import BatchError, BatchItem, BatchResult
from r1agent.batch.kept import KeptAnswers, answer_items
from r1agent.errors import ModelServerError
from tests.agent.batch.answers import ANSWER

JOB = {"kind": "summaries", "papers": ["aa11"]}
ITEMS = [BatchItem(name, f"What is {name}?") for name in "abcd"]


class Answering:
    """Answer every item, or end some in an error, and note what was asked."""

    def __init__(self, **errors):
        self.errors = errors
        self.asked = []

    def results(self, items):
        for item in items:
            self.asked.append(item.id)
            error = self.errors.get(item.id)
            yield BatchResult(item, None if error else ANSWER, 0.1, error)


@pytest.fixture
def path(tmp_path):
    return tmp_path / ".work.jsonl"


def test_what_is_kept_is_not_asked_again(path):
    kept = KeptAnswers(path, JOB)
    with kept.locked():
        answer_items(Answering(), ITEMS[:2], kept)
    pool = Answering()
    again = KeptAnswers(path, JOB)
    with again.locked():
        answers = answer_items(pool, ITEMS, again)
    assert pool.asked == ["c", "d"]
    assert [(name, answer.text) for name, answer in answers.items()] == [
        (name, ANSWER.text) for name in "abcd"
    ]


def test_what_ended_in_an_error_is_asked_again(path):
    kept = KeptAnswers(path, JOB)
    lost = ModelServerError("gone")
    assert set(answer_items(Answering(b=lost), ITEMS[:3], kept)) == {"a", "c"}
    assert set(answer_items(Answering(), ITEMS[:3], KeptAnswers(path, JOB))) == {"a", "b", "c"}


def test_a_server_that_fails_three_times_in_a_row_ends_the_work(path):
    lost = ModelServerError("gone")
    pool = Answering(a=lost, b=lost, c=lost)
    with pytest.raises(ModelServerError, match="gone"):
        answer_items(pool, ITEMS, KeptAnswers(path, JOB))
    assert pool.asked == ["a", "b", "c"]


@given(st.data())
def test_a_kill_at_any_byte_loses_one_answer_at_most(tmp_path_factory, data):
    path = tmp_path_factory.mktemp("kept") / "work.jsonl"
    answer_items(Answering(), ITEMS[:3], KeptAnswers(path, JOB))
    content = path.read_bytes()
    end = data.draw(st.integers(0, len(content)))
    path.write_bytes(content[:end])
    whole = max(content[:end].count(b"\n") - 1, 0)
    pool = Answering()
    kept = KeptAnswers(path, JOB)
    with kept.locked():
        answer_items(pool, ITEMS, kept)
    assert pool.asked == list("abcd"[whole:])
    assert set(KeptAnswers(path, JOB).answers) == set("abcd")


def test_dropped_answers_are_asked_again_and_the_others_stay(path):
    kept = KeptAnswers(path, JOB)
    answer_items(Answering(), ITEMS, kept)
    kept.drop({"b"})
    pool = Answering()
    answer_items(pool, ITEMS, KeptAnswers(path, JOB))
    assert pool.asked == ["b"]


def test_another_job_is_refused_with_what_to_do(path):
    answer_items(Answering(), ITEMS[:1], KeptAnswers(path, JOB))
    with pytest.raises(BatchError, match="something else than what was asked for now"):
        KeptAnswers(path, JOB | {"papers": ["bb22"]})


def test_a_file_of_another_kind_is_left_alone(path):
    path.write_text("Dear diary,\n", encoding="utf-8")
    with pytest.raises(BatchError, match="is not what r1agent keeps"):
        KeptAnswers(path, JOB)
    assert path.read_text(encoding="utf-8") == "Dear diary,\n"


def test_two_at_once_are_refused_and_opening_beside_a_writer_cuts_nothing(path):
    kept = KeptAnswers(path, JOB)
    with kept.locked():
        answer_items(Answering(), ITEMS[:1], kept)
        with path.open("ab") as file:
            file.write(b'{"id": "b", "ans')  # the writer is in the middle of a line
        before = path.read_bytes()
        beside = KeptAnswers(path, JOB)
        assert (path.read_bytes(), set(beside.answers)) == (before, {"a"})
        refused = []
        thread = threading.Thread(target=lambda: refused.append(_is_refused(beside)))
        thread.start()
        thread.join()
        assert refused == [True]


def test_what_another_wrote_meanwhile_is_seen_once_the_lock_is_held(path):
    waiting = KeptAnswers(path, JOB)
    other = KeptAnswers(path, JOB)
    with other.locked():
        answer_items(Answering(), ITEMS[:2], other)
    with waiting.locked():
        assert set(waiting.answers) == {"a", "b"}


def _is_refused(kept):
    try:
        with kept.locked():
            return False
    except BatchError:
        return True
