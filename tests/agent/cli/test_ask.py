import json
import signal
import subprocess
import time

import pexpect

from tests.agent.cli.commands import command, environment, run, start, terminal
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server

QUESTION = "What is the sum of the whole numbers from 1 to 100?"


def test_the_answer_is_data_and_the_run_is_not(server):
    result = run("ask", QUESTION, "--base-url", server)
    assert result.exit_code == 0
    assert result.stdout.startswith("The sum is 5050. [a]")
    assert "\nComputations\n[a] python → 5050\n" in result.stdout
    assert "Plan:\n· 1 Add the whole numbers from 1 to 100  python\n" in result.stderr
    assert "\x1b" not in result.output


def test_the_question_can_come_from_stdin(server):
    result = run("ask", "-", "--base-url", server, "--quiet", input=QUESTION)
    assert result.exit_code == 0
    assert result.stderr == ""


def test_an_empty_question_is_a_usage_error(server):
    assert run("ask", "-", "--base-url", server, input=" \n").exit_code == 2


def test_json_holds_the_whole_answer(server):
    answer = json.loads(run("ask", QUESTION, "--base-url", server, "--json").stdout)
    assert answer["text"] == "The sum is 5050."
    assert answer["outcome"] == "answered"


def test_missing_tests_are_a_usage_error(server):
    assert run("ask", QUESTION, "--base-url", server, "--tests", "none.py").exit_code == 2


def test_an_unreachable_server_is_one_sentence(folder):
    result = run("ask", QUESTION, "--base-url", "http://127.0.0.1:9/v1", "--quiet")
    assert result.exit_code == 1
    assert result.stderr.startswith("error: ")
    assert len(result.stderr.splitlines()) == 1
    assert result.stdout == ""


def test_a_server_that_fails_is_one_sentence(folder):
    with scripted_server(status=500) as address:
        result = run("ask", QUESTION, "--base-url", address, "--quiet")
    assert result.exit_code == 1
    assert result.stderr.splitlines()[-1].startswith("error: ")


def test_missing_weights_say_how_to_fetch_them():
    result = run("ask", QUESTION, "--quiet")
    assert result.exit_code == 1
    assert "r1agent models pull" in result.stderr


def test_an_unknown_setting_is_named_with_its_neighbour(folder):
    (folder / "r1agent.toml").write_text('modle = "r1"\n')
    result = run("ask", QUESTION, "--quiet")
    assert result.exit_code == 1
    assert "Did you mean `model`?" in result.stderr


def test_a_number_that_no_program_printed_is_not_shown(folder):
    refusal = {**MATHEMATICS, "answer": "It is 7777."}
    with scripted_server(refusal) as address:
        result = run("ask", QUESTION, "--base-url", address, "--quiet")
    assert "7777" not in result.stdout.split("left out")[0]


def test_ctrl_c_keeps_the_run_and_exits_with_130(folder):
    with scripted_server(delay=20) as address:
        child = start("ask", QUESTION, "--base-url", address, "--plain", folder=folder)
        _wait_for(child, QUESTION)
        child.send_signal(signal.SIGINT)
        out, err = child.communicate(timeout=20)
    assert child.returncode == 130
    assert out == ""
    assert "Stopped. What was done is kept: `r1agent show " in err
    assert "Traceback" not in err
    assert len(list((folder / "runs").glob("*.jsonl"))) == 1


def test_ctrl_c_while_things_load_leaves_no_traceback(folder, server):
    for delay in (0.0, 0.3, 1.0):
        child = start("ask", QUESTION, "--base-url", server, folder=folder)
        _wait_for(child, "Starting")
        time.sleep(delay)
        child.send_signal(signal.SIGINT)
        _, err = child.communicate(timeout=90)
        assert "Traceback" not in err, (delay, err)
        assert child.returncode in (130, -signal.SIGINT, 0)  # a shell calls the second 130 too


def test_a_reader_who_leaves_early_is_no_error(folder, server):
    run("ask", QUESTION, "--base-url", server)
    line = " ".join([*command("show", "last", "--json"), "|", "head", "-c", "1"])
    done = subprocess.run(
        ["bash", "-c", line], cwd=folder, env=environment(), capture_output=True, text=True
    )
    assert (done.stdout, done.stderr) == ("[", "")


def test_the_live_view_moves_while_the_model_thinks(folder):
    with scripted_server(delay=1.2) as address:
        child = terminal("ask", QUESTION, "--base-url", address, folder=folder)
        child.expect("Starting")
        child.expect("planning.*1 s")
        child.expect("Add the whole numbers")
        child.expect("sentences? checked against the evidence")
        child.expect("5050")
        child.expect(pexpect.EOF)
        child.close()
    assert child.exitstatus == 0


def test_no_color_means_no_control_code_on_a_terminal(folder, server):
    child = terminal("ask", QUESTION, "--base-url", server, folder=folder, NO_COLOR="1")
    child.expect(pexpect.EOF)
    assert "5050" in child.before
    assert "\x1b" not in child.before


def _wait_for(child, text):
    while line := child.stderr.readline():
        if text in line:
            return
    raise AssertionError(child.stderr.read())


def test_explained_a_sentence_that_was_left_out_has_its_reason(folder):
    wrong = {**MATHEMATICS, "answer": "It is 7777."}
    with scripted_server(wrong) as address:
        result = run("ask", QUESTION, "--base-url", address, "--quiet", "--explain")
    assert "✗ It is 7777. (" in result.stdout
    assert "Checked: quote on its page" in result.stdout
    assert "; entailment by " in result.stdout


def test_options_reach_the_run(server):
    options = ["--max-calls", "1", "--no-cache", "--entailment", "floors"]
    result = run("ask", QUESTION, "--base-url", server, "--json", *options)
    notices = json.loads(result.stdout)["audit"]["notices"]
    assert "Ended early: the limit of 1 tool calls is reached." in notices


def test_a_way_to_judge_entailment_that_is_not_there_is_named(server):
    result = run("ask", QUESTION, "--base-url", server, "--entailment", "magic")
    assert result.exit_code == 2
    assert "entailment" in result.stderr
    assert "'magic'" in result.stderr


def test_without_a_question_the_usage_says_what_is_wanted():
    result = run("ask")
    assert result.exit_code == 2
    assert "No question." in result.stderr
