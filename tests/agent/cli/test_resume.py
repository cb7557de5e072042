"""`ask --resume`: a run that was killed or stopped goes on from its record."""

import json
import signal

from tests.agent.cli.commands import run, start
from tests.agent.cli.scripted_server import scripted_server
from tests.agent.cli.test_ask import QUESTION


def killed(folder, address, *, after, how=signal.SIGKILL):
    """Start a run and end it once `after` is on stderr."""
    child = start("ask", QUESTION, "--base-url", address, "--plain", folder=folder)
    while line := child.stderr.readline():
        if after in line:
            break
    child.send_signal(how)
    _, err = child.communicate(timeout=20)
    return child.returncode, err


def programs_run(folder):
    (journal,) = (folder / "runs").glob("*.jsonl")
    lines = [json.loads(line) for line in journal.read_text().splitlines()]
    return [
        line["data"]["arguments"]["code"] for line in lines if line.get("name") == "tool_called"
    ]


def test_a_killed_run_goes_on_and_runs_no_program_twice(folder):
    with scripted_server(delay=0.4) as address:
        code, _ = killed(folder, address, after="python print(100 * 101 // 2)")
        assert code == -signal.SIGKILL
        result = run("ask", "--resume", "last", "--plain")
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith("The sum is 5050. [a]")
    assert programs_run(folder) == ["print(100 * 101 // 2)", "print(sum(range(101)))"]


def test_ctrl_c_says_how_to_go_on_and_that_works(folder):
    with scripted_server(delay=0.4) as address:
        code, err = killed(folder, address, after="Plan:", how=signal.SIGINT)
        assert code == 130
        words = err.partition("`r1agent ask --resume ")[2].partition("`")[0]
        result = run("ask", "--resume", words, "--quiet")
    assert (result.exit_code, result.stderr) == (0, "")
    assert "5050" in result.stdout


def test_a_run_that_has_ended_is_not_resumed(server):
    run("ask", QUESTION, "--base-url", server)
    result = run("ask", "--resume", "last")
    assert result.exit_code == 1
    assert "has ended (answered)" in result.stderr


def test_a_resumed_run_has_its_own_question(server):
    result = run("ask", QUESTION, "--resume", "last")
    assert result.exit_code == 2
    assert "leave yours out" in result.stderr


def test_an_unknown_run_is_told(server):
    assert "No runs in" in run("ask", "--resume", "20260101").stderr


def test_the_settings_of_the_run_come_back_but_no_secret_and_no_danger(folder, monkeypatch):
    monkeypatch.setenv("R1AGENT_API_KEY", "secret-key")
    with scripted_server() as address:
        run("ask", QUESTION, "--base-url", address, "--unsafe-python", "--deadline", "99")
    (journal,) = (folder / "runs").glob("*.jsonl")
    made_with = json.loads(journal.read_text().splitlines()[0])["data"]["made_with"]["settings"]
    assert made_with == {"base_url": address, "deadline_seconds": 99.0}
    assert "secret-key" not in journal.read_text()
