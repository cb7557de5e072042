"""The record of a run survives kills, tells what is wrong, and gives the answer back."""

import json
import subprocess
import sys
from dataclasses import replace

import pytest

from r1agent.errors import JournalError
from r1agent.journal import (
    Journal,
    answer_from_json,
    answer_to_json,
    find_run,
    list_runs,
    read_journal,
)
from r1agent.types import (
    Answer,
    Audit,
    Claim,
    Computation,
    Event,
    Plan,
    PlanStep,
    Trajectory,
    Usage,
    Verdict,
)
from tests.agent.made_runs import citation, searched_step

STARTED = Event("started", 0.0, {"run": "r", "question": "为什么 Größe?"})
NOTICE = Event("notice", 0.5, {"text": "slow"})


def written(path, *events):
    journal = Journal(path)
    for event in events:
        journal.write(event)
    return path


def made_answer():
    claim = Claim(
        "Dropout lowered the error to 10.4 %.",
        (citation("Dropout of 0.5 lowered the test error from 12.1 % to 10.4 %."),),
        Verdict("supported", "quote on p. 1 of aa11.pdf"),
        (Computation("python", "print(1.7)", "1.7", "landlock=True"),),
    )
    return Answer(
        run="20260101-000000-abcdef",
        question="What did dropout do?",
        outcome="answered",
        claims=(claim,),
        plan=Plan((PlanStep("Find it", "search_papers", "found"),), revision=1),
        trajectory=Trajectory((searched_step(),)),
        audit=Audit(1.0, "high", usage={"writer": Usage(1, 10, 5, 2, 0.1)}, notices=("slow",)),
        dropped=(Claim("It flew.", (), Verdict("unsupported", "nothing", ("no quote",))),),
    )


def test_events_are_read_back_as_they_were_written(tmp_path):
    path = written(tmp_path / "runs" / "a.jsonl", STARTED, NOTICE)
    assert read_journal(path) == [STARTED, NOTICE]


def test_a_last_line_that_a_kill_cut_short_is_left_out(tmp_path):
    path = written(tmp_path / "a.jsonl", STARTED, NOTICE)
    path.write_bytes(path.read_bytes()[:-9])
    assert read_journal(path) == [STARTED]


def test_text_with_half_a_character_is_recorded_too(tmp_path):
    event = Event("notice", 0.0, {"text": "a server sent \ud83d"})
    (read,) = read_journal(written(tmp_path / "a.jsonl", event))
    assert read.data["text"].startswith("a server sent ")


def test_a_file_that_is_no_journal_is_named(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_text('{"hello": 1}\n')
    with pytest.raises(JournalError, match=r"a\.jsonl' is not the journal of a run"):
        read_journal(path)


def test_a_missing_journal_is_named(tmp_path):
    with pytest.raises(JournalError, match="No such file or directory"):
        read_journal(tmp_path / "none.jsonl")


@pytest.fixture
def runs(tmp_path):
    for name in ("20260101-000000-aaa111", "20260102-000000-bbb222", "20260102-000000-bbb333"):
        written(tmp_path / f"{name}.jsonl", STARTED)
    return tmp_path


def test_a_run_is_found_by_its_id(runs):
    assert find_run(runs, "20260102-000000-bbb222").stem == "20260102-000000-bbb222"


def test_a_run_is_found_by_the_beginning_of_its_id(runs):
    assert find_run(runs, "20260101").stem == "20260101-000000-aaa111"


def test_last_is_the_newest_run(runs):
    assert find_run(runs, "last").stem == "20260102-000000-bbb333"


def test_a_beginning_that_fits_two_runs_names_them(runs):
    with pytest.raises(JournalError, match=r"2 runs begin with '20260102' \(.*bbb222, .*bbb333"):
        find_run(runs, "20260102")


def test_an_unknown_run_is_told_its_nearest(runs):
    with pytest.raises(JournalError, match=r"Nearest: 20260101-000000-aaa111"):
        find_run(runs, "20260101-000000-aaa112")


def test_a_folder_without_runs_says_how_to_make_one(tmp_path):
    with pytest.raises(JournalError, match="`r1agent ask` makes one"):
        find_run(tmp_path / "none", "last")
    assert list_runs(tmp_path / "none") == []


def test_an_answer_comes_back_whole_but_for_the_artifacts_of_tools():
    answer = made_answer()
    read = answer_from_json(json.loads(json.dumps(answer_to_json(answer))))
    (step,) = answer.trajectory.steps
    without = replace(step, results=tuple(replace(one, artifact=None) for one in step.results))
    assert read == replace(answer, trajectory=Trajectory((without,)))


def test_the_json_of_an_answer_holds_its_text_for_other_programs():
    assert answer_to_json(made_answer())["text"] == "Dropout lowered the error to 10.4 %. [1]"


def test_data_that_is_no_answer_is_refused():
    with pytest.raises(JournalError, match="does not hold an answer"):
        answer_from_json({"run": "r"})


FILL = """
import resource, signal, sys
from pathlib import Path
from r1agent.errors import JournalError
from r1agent.journal import Journal
from r1agent.types import Event
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (300, 300))
journal = Journal(Path(sys.argv[1]))
try:
    for _ in range(9):
        journal.write(Event("notice", 0.0, {"text": "x" * 60}))
except JournalError as error:
    print(error)
"""


def test_a_disk_that_takes_no_more_is_said_and_what_was_written_stays(tmp_path):
    path = tmp_path / "a.jsonl"
    done = subprocess.run(
        [sys.executable, "-c", FILL, str(path)], capture_output=True, text=True, check=True
    )
    assert "The run cannot be recorded in" in done.stdout
    assert "Free some space" in done.stdout
    events = read_journal(path)
    assert 1 <= len(events) < 9
    assert {event.data["text"] for event in events} == {"x" * 60}


def test_a_runs_folder_that_is_a_file_is_said(tmp_path):
    (tmp_path / "runs").write_text("")
    with pytest.raises(JournalError, match="cannot be recorded in"):
        Journal(tmp_path / "runs" / "a.jsonl")
