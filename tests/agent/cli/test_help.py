import subprocess
import sys

import pytest

from tests.agent.cli.commands import environment, run

COMMANDS = [
    ["ask"],
    ["chat"],
    ["init"],
    ["batch"],
    ["summarize"],
    ["table"],
    ["review"],
    ["export"],
    ["annotate"],
    ["search"],
    ["provenance"],
    ["show"],
    ["serve"],
    ["doctor"],
    ["index", "add"],
    ["index", "list"],
    ["index", "remove"],
    ["index", "check"],
    ["papers", "get"],
    ["models", "list"],
    ["models", "pull"],
    ["models", "path"],
    ["eval", "retrieval"],
    ["eval", "support"],
    ["eval", "papers"],
    ["eval", "code"],
    ["eval", "math"],
    ["eval", "injection"],
    ["eval", "faults"],
    ["eval", "self"],
    ["eval", "fetch"],
    ["eval", "datasets"],
]


@pytest.mark.parametrize("words", COMMANDS, ids=" ".join)
def test_every_command_has_help_with_an_example(words):
    result = run(*words, "--help")
    assert result.exit_code == 0
    assert f"Example: r1agent {' '.join(words)}" in result.stdout


def test_the_version_is_data():
    result = run("--version")
    assert (result.exit_code, result.stdout) == (0, "r1agent 0.1.0\n")


def test_a_usage_error_exits_with_2():
    result = run("ask")
    assert result.exit_code == 2
    assert result.stdout == ""


def test_help_loads_nothing_heavy():
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "r1agent", "--help"],
        env=environment(),
        text=True,
        capture_output=True,
        check=True,
    )
    loaded = {line.split("|")[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    heavy = {"torch", "faiss", "transformers", "openai", "numpy", "pydantic_settings", "pydantic"}
    heavy |= {name for name in loaded if name.startswith("langchain")}
    assert loaded & heavy == set()
