import json
import re
import signal

import pytest

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
    assert re.search(r"^Pace: [\d.]+ questions a minute, [\d.]+ tokens wr", result.stdout, re.M)
    assert re.search("1/2 [ab]  answered", result.stderr)
    assert {line["id"] for line in lines_of(folder / "out.jsonl")} == {"a", "b"}

    again = run(*words)
    assert (again.exit_code, again.stdout) == (0, "")
    assert "All 2 questions are answered in 'out.jsonl'" in again.stderr


def test_questions_can_come_from_stdin(folder, server):
    result = run("batch", "-", "-o", "o.jsonl", "--base-url", server, "--json", input="What sum?\n")
    said = json.loads(result.stdout)
    assert said["usage"]["executor"]["calls"] == 2
    assert said["usage"]["executor"]["completion_tokens"] == 10
    assert said["outcomes"] == {"answered": 1, "not_in_papers": 0, "refused": 0, "failed": 0}
    counts = {"done": 1, "failed": 0, "skipped": 0, "failed_before": 0, "left": 0}
    assert {name: said[name] for name in counts} == counts
    assert (said["support_rate"], said["failures"], said["out"]) == (1.0, None, "o.jsonl")
    assert said["tokens_a_second"] > 0
    assert said["spent"]["tokens"] == sum(
        one["prompt_tokens"] + one["completion_tokens"] for one in said["usage"].values()
    )
    assert lines_of(folder / "o.jsonl")[0]["question"] == "What sum?"


def test_failures_go_to_a_file_beside_the_answers(folder):
    (folder / "in.jsonl").write_text(QUESTIONS)
    with scripted_server(status=500) as address:
        words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", address]
        result = run(*words, "--model", "m")
    assert result.exit_code == 1
    assert {line["id"] for line in lines_of(folder / "out.failed.jsonl")} == {"a", "b"}
    assert not (folder / "out.jsonl").exists()


def test_what_failed_is_passed_over_until_it_is_to_be_retried(folder, server, monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    (folder / "in.jsonl").write_text(QUESTIONS)
    words = ["batch", "in.jsonl", "-o", "out.jsonl", "--model", "m", "--base-url"]
    with scripted_server(status=500) as address:
        run(*words, address)
    passed = run(*words, server)
    assert passed.exit_code == 0
    assert "2 questions failed before (see 'out.failed.jsonl'); `--retry-failed`" in passed.stderr
    assert not (folder / "out.jsonl").exists()
    again = run(*words, server, "--retry-failed")
    assert again.stdout.startswith("2 answered in ")
    assert not (folder / "out.failed.jsonl").exists()


def test_a_lost_server_ends_it_and_the_same_command_goes_on(folder, server, monkeypatch):
    monkeypatch.setenv("R1AGENT_MAX_RETRIES", "0")
    (folder / "in.txt").write_text("One?\nTwo?\nThree?\nFour?\n")
    words = ["batch", "in.txt", "-o", "out.jsonl", "--model", "m", "--workers", "1", "--base-url"]
    with scripted_server(status=500) as address:
        lost = run(*words, address)
    assert lost.exit_code == 1
    assert "Stopped. 0 answers more in 'out.jsonl'; the same command does the rest." in lost.stderr
    assert "failed (status 500: {}); look into its log" in lost.stderr
    assert run(*words, server).stdout.startswith("4 answered in ")


def test_a_table_is_read(folder, server):
    (folder / "in.csv").write_text('id,question,topic\na,"What, then, is the sum?",x\n')
    run("batch", "in.csv", "-o", "out.jsonl", "--base-url", server, "--quiet")
    assert lines_of(folder / "out.jsonl")[0]["question"] == "What, then, is the sum?"


def test_a_job_ends_with_its_tokens_and_goes_on_with_more(folder, server):
    (folder / "in.jsonl").write_text(QUESTIONS)
    words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", server, "--workers", "1"]
    ended = run(*words, "--max-job-tokens", "10")
    assert ended.exit_code == 0
    assert "Stopped early: the job's 10 tokens are spent" in ended.stdout
    assert "1 question is left; a larger budget asks it." in ended.stdout
    spent = run(*words, "--max-job-tokens", "10", "--json")
    assert "Stopped early: the job's 10 tokens are spent" in spent.stderr
    assert json.loads(spent.stdout)["left"] == 1
    assert run(*words, "--max-job-tokens", "100000").stdout.startswith("1 answered, 1 done before")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--max-job-time", "soon"], "`--max-job-time` is 'soon'; wanted a time such as"),
        (["--workers", "many"], "`--workers` is 'many'; wanted `auto` or a number"),
        (["--workers", "0"], "`--workers` is '0'; wanted `auto` or a number from 1 to 256"),
    ],
)
def test_a_wrong_option_says_what_was_wanted(folder, words, said):
    result = run("batch", "-", "-o", "out.jsonl", *words, input="Why?\n")
    assert result.exit_code == 2
    assert said in " ".join(result.stderr.replace("│", " ").split())


def test_quiet_says_nothing_on_the_way(folder, server):
    (folder / "in.jsonl").write_text(QUESTIONS)
    result = run("batch", "in.jsonl", "-o", "out.jsonl", "--base-url", server, "--quiet")
    assert result.stderr == ""


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
        words = ["batch", "in.jsonl", "-o", "out.jsonl", "--base-url", address, "--workers", "1"]
        child = start(*words, folder=folder)
        while "1/2 a" not in child.stderr.readline():
            pass
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert "Stopped. 1 answer more in 'out.jsonl'; the same command does the rest." in err
    assert "Traceback" not in err
    assert [line["id"] for line in lines_of(folder / "out.jsonl")] == ["a"]
