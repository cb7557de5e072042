"""What stands on the screen before anything else is loaded."""

import io
import subprocess
import sys

import pytest

from r1agent.cli.first_sign import give_sign
from tests.agent.cli.commands import environment


class Terminal(io.StringIO):
    def isatty(self):
        return True


def sign(*arguments, screen=None, **more):
    screen = screen or Terminal()
    give_sign(arguments, screen, {"TERM": "xterm-256color"} | more)
    return screen.getvalue()


def test_a_command_that_draws_says_at_once_that_it_starts():
    assert sign("ask", "Why?") == "  starting\r"
    assert sign("chat") == "  starting\r"


@pytest.mark.parametrize(
    "arguments",
    [(), ("show", "last"), ("ask", "--help"), ("ask", "x", "--plain"), ("ask", "x", "-q")],
    ids=" ".join,
)
def test_what_draws_nothing_has_no_sign(arguments):
    assert sign(*arguments) == ""


@pytest.mark.parametrize("more", [{"NO_COLOR": "1"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_control_codes_has_none(more):
    assert sign("ask", "x", **more) == ""


def test_a_pipe_has_none():
    assert sign("ask", "x", screen=io.StringIO()) == ""


def test_it_loads_nothing_that_takes_time():
    code = (
        "import sys; before = set(sys.modules); import r1agent.cli.first_sign; "
        "print({'typer', 'rich', 'pydantic'} & set(sys.modules) - before)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment(), capture_output=True, text=True, check=True
    )
    assert done.stdout == "set()\n"
