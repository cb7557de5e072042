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


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("ask", "Why?", "--index", "nowhere"), "error: There is no index in 'nowhere'."),
        (("ask", "Why?", "--year", "abc"), "error: Invalid value for --year: 'abc' is no range"),
        (("chat", "--index", "nowhere"), "error: There is no index in 'nowhere'."),
        (("chat", "--year", "abc"), "error: Invalid value for --year: 'abc' is no range"),
        (("batch", "q", "-o", "a", "--year", "x"), "error: Invalid value for --year: 'x' is no"),
    ],
    ids=lambda given: " ".join(given) if isinstance(given, tuple) else "",
)
def test_what_cannot_be_used_is_refused_before_anything_slow_is_loaded(arguments, said, tmp_path):
    code = (
        "import atexit, sys; from r1agent.cli import main; sys.argv[0] = 'r1agent'; "
        "slow = {'langchain_core', 'numpy', 'openai', 'r1agent.load'}; "
        "atexit.register(lambda: print(slow & set(sys.modules))); main()"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "set()\n"
    assert done.stderr.startswith(said)
