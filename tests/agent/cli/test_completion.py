"""What a shell is told when a user presses Tab."""

import os
import shlex
import subprocess
import sys
from contextlib import closing

import pexpect
import pytest

from tests.agent.cli.commands import command, environment, run


def completed(words, **more):
    """Return what bash is given for the last word of a command line."""
    typed = {"COMP_WORDS": f"r1agent {words}", "COMP_CWORD": str(words.count(" ") + 1)}
    done = subprocess.run(
        command(),
        env=environment(_R1AGENT_COMPLETE="complete_bash", **typed, **more),
        text=True,
        capture_output=True,
        check=True,
    )
    return done.stdout.split()


@pytest.fixture
def recorded(server):
    """The id of a run that is recorded."""
    run("ask", "What is the sum of the whole numbers from 1 to 100?", "--base-url", server, "-q")
    return run("show").stdout.split()[0]


@pytest.mark.parametrize(
    "words", ["show 2", "ask --resume 2", "export 2", "show --runs-dir runs 2"]
)
def test_runs_are_completed(recorded, words):
    assert completed(words) == [recorded]


def test_runs_are_found_by_the_settings_file_too(recorded, folder):
    (folder / "r1agent.toml").write_text('runs_dir = "runs"\n')
    assert completed("show 2", R1AGENT_RUNS_DIR="") == [recorded]


def test_fish_is_told_the_question_of_a_run(recorded):
    shell = {"_R1AGENT_COMPLETE": "complete_fish", "_TYPER_COMPLETE_FISH_ACTION": "get-args"}
    done = subprocess.run(
        command(),
        env=environment(**shell, _TYPER_COMPLETE_ARGS="r1agent show "),
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout == f"{recorded}\tWhat is the sum of the whole numbers from 1 to 100?\n"


@pytest.mark.parametrize(
    ("shell", "marked"),
    [("fish", "complete --command r1agent"), ("zsh", "#compdef r1agent"), ("bash", "COMPREPLY")],
)
@pytest.mark.parametrize("join", [" ", "="])
def test_the_shell_that_is_named_is_the_one_whose_completion_is_shown(shell, marked, join):
    result = run(*f"--show-completion{join}{shell}".split())
    assert (result.exit_code, result.stderr) == (0, "")
    assert marked in result.stdout
    assert result.stdout.count("_R1AGENT_COMPLETE") >= 1


def test_completion_is_installed_for_the_shell_that_is_named(folder):
    result = run("--install-completion", "fish")
    assert result.exit_code == 0, result.output
    assert "r1agent" in (folder / ".config/fish/completions/r1agent.fish").read_text()


def test_a_shell_that_there_is_not_is_wrong_usage():
    result = run("--show-completion", "tcsh")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(
        "error: `--show-completion` is 'tcsh'; wanted one of `bash`, `zsh`, `fish`"
    )


def test_what_a_model_asked_cannot_steer_the_shell(folder):
    (folder / "runs").mkdir()
    line = '{"data": {"question": "$(touch x) `y` \\"\\u001b[31m; z"}}\n'
    (folder / "runs" / "20260101.jsonl").write_text(line)
    (folder / "runs" / "2$(touch x).jsonl").write_text(line)
    done = subprocess.run(
        command(),
        env=environment(_R1AGENT_COMPLETE="complete_zsh", _TYPER_COMPLETE_ARGS="r1agent show 2"),
        text=True,
        capture_output=True,
        check=True,
    )
    assert done.stdout == '_arguments \'*: :(("20260101":"touch x y 31m z"))\'\n'


def test_folders_of_indexes_are_completed(folder):
    for name in ("indexes/kd", "indexes/birds", "indexes/not one", "papers"):
        (folder / name).mkdir(parents=True)
    for name in ("indexes/kd", "indexes/birds", "indexes/not one"):
        (folder / name / "manifest.json").touch()
    assert sorted(completed("chat --index ")) == ["indexes/birds", "indexes/kd"]
    assert completed("search x --index indexes/k") == ["indexes/kd"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("show last --format b", ["bibtex"]),
        ("ask --engine e", ["embedded"]),
        ("ask --entailment n", ["nli"]),
        ("models pull r1-distill-l", ["r1-distill-llama-8b", "r1-distill-llama-70b"]),
        ("chat --model deep", ["deepseek-r1"]),
        ("ini", ["init"]),
        ("table columns.yaml --format cs", ["csv", "csl-json"]),
        ("eval fetch humane", ["humaneval"]),
        ("serve --precision 4", ["4bit"]),
        ("search x --reranker l", ["late"]),
    ],
)
def test_what_an_option_takes_is_completed(words, expected):
    assert completed(words) == expected


@pytest.fixture
def bash(folder):
    """A real bash that completes the commands of `r1agent`."""
    program = folder / "bin" / "r1agent"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(command())} "$@"\n')
    program.chmod(0o755)
    known = environment(PATH=f"{program.parent}{os.pathsep}{os.environ['PATH']}", TERM="dumb")
    with closing(
        pexpect.spawn(
            "bash", ["--norc", "--noprofile"], cwd=str(folder), env=known, encoding="utf-8"
        )
    ) as shell:
        shell.sendline("bind 'set enable-bracketed-paste off'; bind 'set bell-style none'")
        shell.sendline('eval "$(_R1AGENT_COMPLETE=source_bash r1agent)"; echo rea""dy')
        shell.expect("ready", timeout=60)
        yield shell


@pytest.mark.parametrize(
    ("typed", "becomes"),
    [
        ("chat --index in", "indexes/kd "),
        ("ask 'Why not?' --engine e", "embedded "),
        ("show 2", "the id of the run"),
        ("batch ques", "questions.jsonl "),
    ],
)
def test_a_real_bash_completes(bash, folder, recorded, typed, becomes):
    (folder / "indexes" / "kd").mkdir(parents=True)
    (folder / "indexes" / "kd" / "manifest.json").touch()
    (folder / "questions.jsonl").touch()
    bash.send(f"r1agent {typed}\t")
    bash.expect_exact(typed, timeout=60)
    becomes = recorded if becomes == "the id of the run" else becomes
    bash.expect_exact(becomes.removeprefix(typed.split()[-1]), timeout=60)


def test_completion_loads_nothing_heavy(recorded):
    typed = {"COMP_WORDS": "r1agent show 2", "COMP_CWORD": "2"}
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "r1agent"],
        env=environment(_R1AGENT_COMPLETE="complete_bash", **typed),
        text=True,
        capture_output=True,
        check=True,
    )
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert done.stdout.split() == [recorded]
    assert loaded & {"torch", "faiss", "openai", "numpy", "langchain_core"} == set()
