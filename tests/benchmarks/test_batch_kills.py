"""Killed batches: what counts as lost, doubled or changed, and which call follows a kill."""

import random
import subprocess
import sys

import batch_kills
import pytest
from batch_command import answers_in
from batch_kills import Series, figures_of, judge, run_all, run_series, runs_in

from r1agent.batch import BatchItem

ITEMS = [BatchItem(str(number), f"Number {number}?") for number in range(6)]
COMMAND = """\
import json, os, pathlib, time
pathlib.Path("runs").mkdir(exist_ok=True)
pathlib.Path("runs", f"{os.getpid()}.jsonl").touch()
out = pathlib.Path("answers.jsonl")
done = {json.loads(line)["id"] for line in out.read_text().splitlines()} if out.exists() else set()
for number in range(6):
    if str(number) not in done:
        time.sleep(0.1)
        with out.open("a") as file:
            file.write(json.dumps({"id": str(number), "answer": f"It is {number}."}) + "\\n")
"""
"""Answers what is not answered yet, one question in a tenth of a second."""
FORGETFUL = COMMAND.replace("if str(number) not in done", "if True")
FAILING = "import sys; sys.exit('No index.')"


@pytest.fixture
def command(monkeypatch):
    """Have other code run in place of `r1agent batch`."""

    def replace(code):
        def start(_address, _items, place):
            with (place / "batch.log").open("ab") as log:
                return subprocess.Popen([sys.executable, "-c", code], cwd=place, stderr=log)

        monkeypatch.setattr(batch_kills, "start_batch", start)

    return replace


def row(number, answer=None):
    return {"id": str(number), "answer": answer or f"It is {number}."}


def series_of(place, left, usual=0.5):
    return run_series("http://127.0.0.1:1/v1", ITEMS, place, random.Random(3), left, usual)


def test_each_kill_is_followed_by_another_call_until_all_are_answered(command, tmp_path):
    command(COMMAND)
    series = series_of(tmp_path, left=4)
    assert series.kills >= 1
    assert series.calls == series.kills + 1
    assert [one["id"] for one in answers_in(tmp_path)] == ["0", "1", "2", "3", "4", "5"]


def test_without_a_kill_to_do_the_command_is_left_alone(command, tmp_path):
    command(COMMAND)
    series = series_of(tmp_path, left=0, usual=0.01)
    assert (series.kills, series.calls) == (0, 1)


def test_no_kill_is_spent_before_the_first_question(command, tmp_path):
    command(f"import time\ntime.sleep(0.3)\n{COMMAND}")
    series = series_of(tmp_path, left=2, usual=0.01)
    assert series.kills == 2
    assert runs_in(tmp_path) == series.calls == 3


def test_a_command_that_fails_by_itself_ends_the_bench(command, tmp_path):
    command(FAILING)
    with pytest.raises(RuntimeError, match=r"ended with 1 and said:\nNo index."):
        series_of(tmp_path, left=0)


def test_answers_that_come_again_after_a_kill_are_found(command, tmp_path):
    command(FORGETFUL)
    (tmp_path / "answers.jsonl").write_text('{"id": "0", "answer": "It is 0."}\n', encoding="utf-8")
    series = series_of(tmp_path, left=0)
    judge(ITEMS, answers_in(tmp_path), [row(number) for number in range(6)], series)
    assert (series.lost, series.doubled, series.changed) == (0, 1, 0)


def test_lost_doubled_and_changed_answers_are_counted_apart():
    right = [row(number) for number in range(6)]
    answers = [row(0), row(1), row(1), row(2, "It is nine."), row(3), row(4)]
    series = Series()
    judge(ITEMS, answers, right, series)
    assert (series.lost, series.doubled, series.changed) == (1, 1, 1)


def test_an_answer_to_what_nobody_asked_is_a_changed_one():
    series = Series()
    judge(ITEMS[:1], [row(0), row(7)], [row(0)], series)
    assert (series.lost, series.changed) == (0, 1)


def test_a_line_that_a_kill_tore_is_no_answer(tmp_path):
    (tmp_path / "answers.jsonl").write_bytes(b'{"id": "0"}\n{"id": "1", "answer": "It')
    assert [one["id"] for one in answers_in(tmp_path)] == ["0"]


def test_an_interrupted_bench_counts_the_kills_it_had(command, tmp_path):
    command(COMMAND)
    first = run_all(ITEMS, 3, tmp_path)
    assert sum(one.kills for one in first) == 3
    assert run_all(ITEMS, 3, tmp_path) == first


def test_figures_are_sums_over_all_series():
    figures = figures_of(
        [
            Series(kills=3, between=2, calls=4, asked=40, lost=1),
            Series(kills=2, between=1, calls=3, asked=40, doubled=2, changed=3),
        ]
    )
    assert figures == {
        "kills": 5,
        "answers_lost": 1,
        "answers_doubled": 2,
        "answers_changed": 3,
        "kills_between": 3,
        "kills_questions": 80,
        "kills_calls": 7,
    }
