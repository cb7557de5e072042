import json
import re
import signal

from tests.agent.cli.commands import run, start
from tests.agent.cli.scripted_server import scripted_server

QUESTIONS = '{"id": "a", "question": "Sum of 1 to 100?"}\n{"id": "b", "question": "And again?"}\n'


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_every_question_gets_a_line_and_the_same_command_does_nothing_more(folder, server):
    (folder / "in.jsonl").write_text(QUESTIONS)
    words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", server]
    result = run(*words)
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("2 answered in ")
    assert re.search(r"^Tokens: \d+ requests, [\d,]+ read, [\d,]+ written$", result.stdout, re.M)
    assert "1/2 a  answered" in result.stderr
    assert [line["id"] for line in lines_of(folder / "out.jsonl")] == ["a", "b"]

    again = run(*words)
    assert again.exit_code == 0
    assert "All 2 questions are answered in 'out.jsonl'" in again.stderr


def test_questions_can_come_from_stdin(folder, server):
    result = run("batch", "-", "-o", "o.jsonl", "--base-url", server, "--json", input="What sum?\n")
    said = json.loads(result.stdout)
    usage = said.pop("usage")
    assert usage["executor"]["calls"] == 2
    assert usage["executor"]["completion_tokens"] == 10
    assert said == {
        "done": 1,
        "failed": 0,
        "skipped": 0,
        "outcomes": {"answered": 1, "not_in_papers": 0, "refused": 0, "failed": 0},
    }
    assert lines_of(folder / "o.jsonl")[0]["question"] == "What sum?"


def test_failures_go_to_a_file_beside_the_answers(folder):
    (folder / "in.jsonl").write_text(QUESTIONS)
    with scripted_server(status=500) as address:
        words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", address]
        result = run(*words, "--model", "m")
    assert result.exit_code == 1
    assert [line["id"] for line in lines_of(folder / "out.failed.jsonl")] == ["a", "b"]
    assert not (folder / "out.jsonl").exists()


def test_bad_input_is_one_sentence(folder):
    (folder / "twice.jsonl").write_text(QUESTIONS + QUESTIONS)
    result = run("batch", "twice.jsonl", "-o", "out.jsonl")
    assert result.exit_code == 1
    assert "Line 3 has the id 'a' of line 1." in result.stderr
    assert "cannot be read" in run("batch", "none.jsonl", "-o", "out.jsonl").stderr
    assert "No folder" in run("batch", "-", "-o", "no/out.jsonl", input="x\n").stderr


def test_ctrl_c_keeps_what_is_done(folder):
    (folder / "in.jsonl").write_text(QUESTIONS)
    with scripted_server(delay=0.5) as address:
        words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", address]
        child = start(*words, folder=folder)
        while "1/2 a" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Stopped. 1 answers are in 'out.jsonl'" in err
    assert "Traceback" not in err
    assert [line["id"] for line in lines_of(folder / "out.jsonl")] == ["a"]
