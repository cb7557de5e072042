"""However often a batch is killed, and wherever, each question is answered once in the end."""

import os
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from r1agent.batch import ThreadPool, run_batch
from r1agent.errors import ModelServerError
from tests.agent.batch.answers import ANSWER, FAILED, Answers, costing, ids_of, questions

ITEMS = questions(5)
IDS = [item.id for item in ITEMS]
OUTCOMES = st.dictionaries(
    st.sampled_from([item.question.rstrip("?") for item in ITEMS]),
    st.sampled_from([costing(7), FAILED, ModelServerError("lost"), KeyboardInterrupt()]),
)
SHORT = dict.fromkeys(
    ("Question 0", "Question 1"), replace(ANSWER, outcome="not_in_papers", claims=(), message="No.")
)
KILLS = st.tuples(OUTCOMES, st.integers(0, 3000), st.integers(0, 600), st.integers(1, 2))


@pytest.fixture(scope="module", autouse=True)
def unsynced():
    """Spare the disk: what is cut off here is cut off by hand."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda file: None)
        yield


def cut(path: Path, end: int) -> None:
    """Leave the beginning of a file, as a kill or a power cut would."""
    if path.exists():
        os.truncate(path, min(end, path.stat().st_size))


@settings(max_examples=100, deadline=None)
@given(st.lists(KILLS, max_size=4))
def test_every_question_is_answered_once(kills):
    with TemporaryDirectory() as folder:
        out = Path(folder, "answers.jsonl")
        for outcomes, answers_end, failures_end, workers in kills:
            pool = ThreadPool(Answers(**outcomes), workers=workers)
            with suppress(KeyboardInterrupt, ModelServerError):
                run_batch(pool, ITEMS, out, retry_failed=True)
            cut(out, answers_end)
            cut(out.with_name("answers.failed.jsonl"), failures_end)
        run_batch(ThreadPool(Answers()), ITEMS, out, retry_failed=True)
        assert sorted(ids_of(out)) == IDS
        assert ids_of(out.with_name("answers.failed.jsonl")) == []


def test_a_kill_at_any_byte_loses_only_the_line_it_tore(tmp_path):
    out = tmp_path / "answers.jsonl"
    run_batch(ThreadPool(Answers(**SHORT)), ITEMS[:2], out)
    content = out.read_bytes()
    first = content.index(b"\n") + 1
    for end in range(first, len(content)):
        out.write_bytes(content[:end])
        assistant = Answers(**SHORT)
        run_batch(ThreadPool(assistant), ITEMS[:2], out)
        assert assistant.asked == ["Question 1?"]
        assert ids_of(out) == IDS[:2]
