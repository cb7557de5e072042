"""`ask --approve`: the plan waits for the user."""

import pexpect
import pytest

from tests.agent.cli.commands import run, terminal
from tests.agent.cli.test_ask import QUESTION

GOAL = "Add the whole numbers from 1 to 100"


@pytest.fixture
def asked(folder, server):
    """A run that shows its plan and waits."""

    def start(**environment):
        words = ["ask", QUESTION, "--base-url", server, "--approve", "--plain"]
        child = terminal(*words, folder=folder, **environment)
        child.expect(f"1 {GOAL}  python")
        child.expect("q cancels: ")
        return child

    return start


def ended(child):
    child.expect(pexpect.EOF)
    child.close()
    return child.before, child.exitstatus


def test_an_accepted_plan_is_carried_out(asked):
    child = asked()
    child.sendline("")
    text, code = ended(child)
    assert "The sum is 5050." in text
    assert code == 0


def test_a_plan_that_is_turned_down_does_nothing(asked, folder):
    child = asked()
    child.sendline("q")
    text, code = ended(child)
    assert "The plan was turned down; nothing was done." in text
    assert code == 1
    (journal,) = (folder / "runs").glob("*.jsonl")
    assert "tool_called" not in journal.read_text()


def test_a_plan_without_its_last_step_is_turned_down(asked):
    child = asked()
    child.sendline("d 7")
    child.expect("Not understood")
    child.expect("q cancels: ")
    child.sendline("d 1")
    text, _ = ended(child)
    assert "The plan has no step left." in text


def test_a_plan_can_be_edited(asked, folder):
    editor = folder / "editor.py"
    editor.write_text(
        "import sys, pathlib\n"
        "path = pathlib.Path(sys.argv[1])\n"
        f"path.write_text(path.read_text().replace('{GOAL}', 'Sum them up'))\n"
    )
    child = asked(EDITOR=f"python3 {editor}")
    child.sendline("e")
    child.expect("1 Sum them up  python")
    child.expect("q cancels: ")
    child.sendline("")
    text, code = ended(child)
    assert "5050" in text
    assert code == 0
    assert "Sum them up" in run("show", "last").stdout


def test_an_edit_that_is_no_plan_is_said_and_the_plan_kept(asked, folder):
    editor = folder / "editor.sh"
    editor.write_text("echo nonsense > $1\n")
    child = asked(EDITOR=f"sh {editor}")
    child.sendline("e")
    child.expect("The plan is not TOML")
    child.expect(f"1 {GOAL}  python")
    child.sendline("q")
    ended(child)


def test_without_a_terminal_nobody_can_approve(server):
    result = run("ask", QUESTION, "--base-url", server, "--approve")
    assert result.exit_code == 2
    assert "stdin is none" in result.stderr
