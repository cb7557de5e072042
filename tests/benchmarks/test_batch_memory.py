"""Memory of a batch: what is read of a process, and which figures come of it."""

import subprocess
import sys

import pytest
from batch_memory import Held, figures_of, memory_of, watch

HOLDS_AND_FREES = """\
import time
big = bytearray(200 * 2**20)
big[::4096] = b"x" * len(big[::4096])
del big
print("freed", flush=True)
time.sleep(60)
"""
ANSWERS = """\
import sys, time
with open("answers.jsonl", "a", buffering=1) as out:
    for number in range(int(sys.argv[1])):
        out.write("{}\\n")
        time.sleep(0.02)
sys.exit(int(sys.argv[2]))
"""


@pytest.fixture
def start(tmp_path):
    """Start Python code in a folder; it is killed in the end."""
    started = []

    def begin(code, *words):
        command = [sys.executable, "-c", code, *map(str, words)]
        child = subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE)
        started.append(child)
        return child

    yield begin
    for child in started:
        child.kill()
        child.communicate()


def test_the_most_that_was_held_is_known_after_it_was_freed(start):
    child = start(HOLDS_AND_FREES)
    child.stdout.readline()
    now, most = memory_of(child.pid)
    assert now < 100
    assert 200 < most < 300


def test_a_process_that_has_ended_holds_nothing(start):
    child = start("pass")
    child.stdout.read()
    child.wait()
    assert memory_of(child.pid) is None


def test_a_batch_is_watched_until_all_questions_are_answered(start, tmp_path):
    (tmp_path / "batch.log").touch()
    held = watch(start(ANSWERS, 20, 0), tmp_path, 20)
    assert held.questions == 20
    assert 1 < held.last <= held.peak < 100
    assert 0 < held.early <= held.peak


def test_a_batch_that_leaves_questions_out_is_no_measurement(start, tmp_path):
    (tmp_path / "batch.log").touch()
    with pytest.raises(RuntimeError, match=r"20 of 21 questions were answered"):
        watch(start(ANSWERS, 20, 0), tmp_path, 21)


def test_a_batch_that_fails_says_what_it_said(start, tmp_path):
    (tmp_path / "batch.log").write_text("No index.", encoding="utf-8")
    with pytest.raises(RuntimeError, match=r"ended with 3 and said:\nNo index."):
        watch(start(ANSWERS, 1, 3), tmp_path, 1)


def test_growth_is_that_of_the_most_memory():
    few = Held(questions=200, peak=800.0, early=800.0, last=700.0, seconds=60.0)
    many = Held(questions=5000, peak=840.0, early=810.0, last=790.0, seconds=1000.0)
    assert figures_of([few, many]) == {
        "rss_mb_200": 800.0,
        "rss_mb_5000": 840.0,
        "rss_mb_5000_at_200": 810.0,
        "rss_mb_5000_last": 790.0,
        "rss_growth": 1.05,
        "memory_questions_s": 5.0,
    }
