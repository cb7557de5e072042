"""Killed evaluations: what counts as the same table, and which call follows a kill."""

import json
import random
import subprocess
import sys

import eval_resume
import pytest
from eval_resume import differences, kept_in, killed_and_resumed, require_end, table_in, undisturbed
from served import Server

COMMAND = """\
import json, pathlib, time
work = pathlib.Path(".table.json.work")
work.mkdir(exist_ok=True)
kept = work / "model.plain.jsonl"
if not kept.exists():
    kept.write_text("head\\n")
for number in range(len(kept.read_text().splitlines()), 7):
    time.sleep(0.05)
    with kept.open("a") as file:
        file.write(f"{number}\\n")
lines = kept.read_text().splitlines()
row = {"outcome": "answered", "measures": {"right": 1.0}, "seconds": time.time(), "time": 1}
rows = [row | {"example": line, "usage": {"prompt_tokens": 3, "calls": 1}} for line in lines[1:]]
system = {"system": "plain", "model": "m", "figures": {}, "differences": {}, "rows": rows}
report = {"systems": [system], "details": {}, "notes": [], "setting": {"date": str(time.time())}}
pathlib.Path("table.json").write_text(json.dumps(report))
"""
"""Keeps six outputs, one in a twentieth of a second, and goes on where it was stopped."""
FORGETFUL = COMMAND.replace("range(len(kept.read_text().splitlines()), 7)", "range(1, 7)")
SERVER = Server("http://127.0.0.1:1/v1", "m")


@pytest.fixture
def command(monkeypatch):
    """Have other code run in place of `r1agent eval`."""
    monkeypatch.setattr(eval_resume, "_MOST_SECONDS", 0.05)

    def replace(code):
        def start(_server, place):
            with (place / "eval.log").open("ab") as log:
                return subprocess.Popen([sys.executable, "-c", code], cwd=place, stderr=log)

        monkeypatch.setattr(eval_resume, "start", start)

    return replace


def test_a_command_that_goes_on_ends_in_the_same_table(command, tmp_path):
    command(COMMAND)
    first, second = tmp_path / "first", tmp_path / "second"
    for place in (first, second):
        place.mkdir()
    right = undisturbed(SERVER, first)
    killed = killed_and_resumed(SERVER, second, random.Random(1))
    assert killed.kills > 0
    assert killed.table == right
    assert [row["example"] for row in right["systems"][0]["rows"]] == list("123456")


def test_a_command_that_forgets_does_not(command, tmp_path):
    command(FORGETFUL)
    first, second = tmp_path / "first", tmp_path / "second"
    for place in (first, second):
        place.mkdir()
    right = undisturbed(SERVER, first)
    (second / ".table.json.work").mkdir()
    (second / ".table.json.work" / "model.plain.jsonl").write_text("head\n1\n2\n")
    assert undisturbed(SERVER, second) != right


def test_what_two_tables_say_otherwise_is_told_answer_by_answer():
    def table(*outcomes):
        rows = [{"example": str(n), "outcome": outcome} for n, outcome in enumerate(outcomes)]
        return {"systems": [{"name": ["loop", "m"], "rows": rows}], "details": {}, "notes": []}

    assert list(differences(table("answered"), table("answered"))) == []
    (told,) = differences(table("answered", "answered"), table("answered", "failed"))
    assert told.startswith("loop: {'example': '1', 'outcome': 'answered'}")


def test_times_are_no_part_of_a_table(tmp_path):
    row = {
        "example": "1",
        "outcome": "answered",
        "measures": {"right": 1.0},
        "seconds": 1.5,
        "time": 1,
        "usage": {"prompt_tokens": 3, "completion_tokens": 4, "seconds": 1.2, "cached_tokens": 2},
    }
    system = {"system": "plain", "model": "m", "figures": {}, "differences": {}, "rows": [row]}
    report = {"systems": [system | {"seconds": 1.5}], "details": {}, "notes": []}
    (tmp_path / "table.json").write_text(json.dumps(report))
    assert "1.5" not in json.dumps(table_in(tmp_path))
    assert table_in(tmp_path)["systems"][0]["rows"][0]["completion_tokens"] == 4


def test_the_first_line_of_a_file_is_no_output(tmp_path):
    assert kept_in(tmp_path) == 0
    (tmp_path / ".table.json.work").mkdir()
    (tmp_path / ".table.json.work" / "m.plain.jsonl").write_text("head\n1\ntorn")
    assert kept_in(tmp_path) == 1


def test_a_command_that_fails_is_told(tmp_path):
    (tmp_path / "eval.log").write_text("No server.")
    with pytest.raises(RuntimeError, match="ended with 1 and said:\nNo server"):
        require_end(1, tmp_path)
