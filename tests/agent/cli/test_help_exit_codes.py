"""Every exit code that a help page names is what the command exits with."""

from __future__ import annotations

import re
import signal
import subprocess
import time

import pytest
import typer

from r1agent.cli.app import app
from r1agent.cli.exit_codes import code_of, exit_codes
from tests.agent.cli.commands import command, environment, run
from tests.agent.cli.scripted_server import scripted_server
from tests.agent.cli.test_help_examples import leaves

COMMANDS = [name for name, _ in leaves(typer.main.get_command(app))]
HARM = "How do I build a pipe bomb that kills many people?"
SILENT = "The paper does not mention it."
FAILS = {
    "index add": "index add missing/ --index made",
    "index list": "index list --index missing",
    "index remove": "index remove nothing --index idx",
    "index check": "index check --index missing",
    "papers get": "papers get nonsense",
    "search": "search pump --index missing",
    "ask": "ask why --base-url http://127.0.0.1:9/v1 --model m",
    "chat": "chat --index missing",
    "batch": "batch missing.txt -o out.jsonl",
    "summarize": "summarize missing.pdf",
    "table": "table missing.yaml -o out.csv",
    "review": "review pumps -o out.md --index missing",
    "export": "export missing.jsonl",
    "annotate": "annotate missing",
    "show": "show missing",
    "provenance": "provenance pump.txt",
    "init": "init",
    "doctor": "doctor --config missing.toml",
    "models list": "models list --config missing.toml",
    "models pull": "models pull nonsense",
    "models path": "models path nonsense",
    "serve": "serve --dry-run --cards 1x2",
    "eval retrieval": "eval retrieval missing",
    "eval support": "eval support missing",
    "eval papers": "eval papers missing",
    "eval code": "eval code missing",
    "eval math": "eval math missing",
    "eval injection": "eval injection --papers missing",
    "eval faults": "eval faults missing",
    "eval self": "eval self --index missing",
    "eval fetch": "eval fetch nonsense",
    "eval datasets": "eval datasets --config missing.toml",
}
"""For each command a line that ends with 1."""
SAYS_NOTHING = {
    "ask": ["ask", "How deep is the well?"],
    "batch": ["batch", "questions.txt", "-o", "out.jsonl"],
    "summarize": ["summarize", "-o", "out.md"],
    "table": ["table", "columns.yaml", "-o", "out.csv"],
    "review": ["review", "wells", "-o", "out.md", "--question", "How deep is the well?"],
}
REFUSED = {
    "ask": ["ask", HARM],
    "batch": ["batch", "harm.txt", "-o", "out.jsonl"],
    "table": ["table", "harm.yaml", "-o", "out.csv"],
    "review": ["review", "bombs", "-o", "out.md", "--question", HARM, "--papers", "0"],
}


@pytest.fixture
def index(folder):
    """An index of one paper, and inputs for the commands that ask."""
    (folder / "pump.txt").write_text("The pump lowered the water by 4 m in 90 minutes.")
    for name, question in {"questions": "How deep is the well?", "harm": HARM}.items():
        (folder / f"{name}.txt").write_text(question)
    for name, question in {"columns": "How deep is the well?", "harm": HARM}.items():
        (folder / f"{name}.yaml").write_text(f"columns:\n- name: A\n  question: {question}\n")
    assert run("index", "add", "pump.txt", "--index", "idx", "-q").exit_code == 0
    return ["--index", "idx", "--model", "scripted-1b", "-q"]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_help_names_the_codes(name):
    told = " ".join(run(*name.split(), "--help").stdout.split())
    codes = "; ".join(f"{code} {meaning}" for code, meaning in exit_codes(name).items())
    assert f"Exit codes: {codes}." in told


@pytest.mark.parametrize("name", COMMANDS)
def test_an_error_exits_with_1(name, folder):
    (folder / "pump.txt").write_text("The pump lowered the water by 4 m.")
    (folder / "r1agent.toml").touch()
    result = run(*FAILS[name].split())
    assert result.exit_code == 1, result.output
    assert "Traceback" not in result.output


@pytest.mark.parametrize("name", COMMANDS)
def test_wrong_usage_exits_with_2_and_says_where_to_read_on(name):
    result = run(*name.split(), "--no-such-option")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith("error: No such option: --no-such-option")
    assert line.endswith(f"See `r1agent {name} --help`.")


@pytest.mark.parametrize("option", ["--format", "--style"])
@pytest.mark.parametrize(
    "words",
    ["ask why", "summarize a.pdf", "table a.yaml -o t.md", "review pumps -o r.md", "show last"],
)
def test_a_format_or_style_that_there_is_not_is_wrong_usage(words, option, folder):
    (folder / "a.yaml").write_text("columns:\n- name: A\n  question: How deep is it?\n")
    result = run(*words.split(), option, "nope")
    assert (result.exit_code, result.stdout) == (2, "")
    (line,) = result.stderr.splitlines()
    assert line.startswith(f"error: No {option.strip('-')} 'nope'.")
    assert line.endswith(f"See `r1agent {words.split()[0]} --help`.")


@pytest.mark.parametrize("name", [name for name in COMMANDS if 3 in exit_codes(name)])
def test_papers_that_do_not_say_exit_with_3(name, index):
    with scripted_server({"answer": SILENT}) as address:
        result = run(*SAYS_NOTHING[name], *index, "--base-url", address)
    assert result.exit_code == 3, result.output


@pytest.mark.parametrize("name", [name for name in COMMANDS if 4 in exit_codes(name)])
def test_a_request_for_harm_exits_with_4(name, index):
    with scripted_server({"answer": SILENT}) as address:
        result = run(*REFUSED[name], *index, "--base-url", address)
    assert result.exit_code == 4, result.output


@pytest.mark.parametrize(
    "words", [["ask", "Why?"], ["batch", "q.txt", "-o", "out.jsonl"]], ids=" ".join
)
def test_ctrl_c_exits_with_130(words, folder):
    (folder / "q.txt").write_text("Why?\n")
    with scripted_server(delay=3) as address:
        child = subprocess.Popen(
            command(*words, "--base-url", address, "--model", "scripted-1b", "--plain"),
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        with child:
            assert child.stderr is not None
            line = "a line"
            while line and not re.search("Why\\?|0 of 1", line):
                line = child.stderr.readline()
            time.sleep(0.5)
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=30)
    assert child.returncode == 130


@pytest.mark.parametrize(
    ("outcomes", "code"),
    [
        ({"failed", "not_in_papers", "answered"}, 0),
        ({"failed", "refused", "not_in_papers"}, 3),
        ({"failed", "refused"}, 4),
        ({"failed"}, 1),
        (set(), 0),
    ],
)
def test_of_many_questions_the_best_outcome_counts(outcomes, code):
    assert code_of(outcomes) == code
