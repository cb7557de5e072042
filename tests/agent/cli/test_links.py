"""Quotes of an answer on a terminal are linked to their papers."""

import io
import json
import re

import pexpect
import pytest
from rich.console import Console

from r1agent.cli.stopped import SoFar
from r1agent.types import Event
from tests.agent.cli.commands import run, terminal
from tests.agent.cli.scripted_server import scripted_server

PAPER = """# Smoothing revisited

Label smoothing of the teacher gains the student 0.9 points of accuracy.
"""
QUESTION = "How many points does label smoothing of the teacher gain the student?"
REPLIES = {"answer": "Label smoothing of the teacher gains the student 0.9 points of accuracy [1]."}
LINK = re.compile(r"\x1b\]8;id=[0-9a-z-]+;(file:[^\x1b]*)\x1b\\")


@pytest.fixture
def paper(folder):
    path = folder / "new; papers" / "a b.md"
    path.parent.mkdir()
    path.write_text(PAPER)
    assert run("index", "add", path, "--index", "idx", "-q").exit_code == 0
    return path


def asked(folder, *options, **more):
    more = {"SSH_CONNECTION": "", "VTE_VERSION": ""} | more
    with scripted_server(REPLIES) as address:
        server = ["--base-url", address, "--model", "scripted-1b"]
        child = terminal(
            "ask", QUESTION, "--index", "idx", *server, *options, folder=folder, **more
        )
        child.expect(pexpect.EOF, timeout=120)
        return child.before


class Terminal(io.StringIO):
    """A file that says it is a terminal."""

    def isatty(self):
        return True


def recorded(folder):
    (journal,) = (folder / "runs").glob("*.jsonl")
    lines = map(json.loads, journal.read_text().splitlines())
    return [Event(line["name"], line["seconds"], line["data"]) for line in lines if "name" in line]


def test_a_reference_opens_its_paper(folder, paper):
    shown = asked(folder)
    assert set(LINK.findall(shown)) == {paper.as_uri()}
    assert "new%3B%20papers/a%20b.md" in shown


def test_a_reference_of_a_run_shown_again_opens_its_paper(folder, paper):
    asked(folder)
    child = terminal("show", "last", folder=folder, SSH_CONNECTION="", VTE_VERSION="")
    child.expect(pexpect.EOF, timeout=60)
    assert set(LINK.findall(child.before)) == {paper.as_uri()}


def test_a_sentence_that_a_killed_run_had_proved_opens_its_paper_when_shown(folder, paper):
    asked(folder)
    (journal,) = (folder / "runs").glob("*.jsonl")
    *before, last = journal.read_text().splitlines(keepends=True)
    assert '"answered"' in last
    journal.write_text("".join(before))
    child = terminal("show", "last", folder=folder, SSH_CONNECTION="", VTE_VERSION="")
    child.expect(pexpect.EOF, timeout=60)
    assert "1 sentence was proved by then:" in child.before
    assert set(LINK.findall(child.before)) == {paper.as_uri()}


def test_a_sentence_proved_before_a_stop_opens_its_paper(folder, paper, monkeypatch):
    for name in ("SSH_CONNECTION", "VTE_VERSION", "NO_COLOR"):
        monkeypatch.delenv(name, raising=False)
    asked(folder)
    so_far = SoFar()
    for event in recorded(folder):
        so_far.note(event)
    so_far.index = folder / "idx"
    screen = Console(file=Terminal(), force_terminal=True, color_system="standard", width=80)
    so_far.show(screen)
    assert set(LINK.findall(screen.file.getvalue())) == {paper.as_uri()}


def test_a_paper_that_was_deleted_is_shown_without_a_link(folder, paper):
    paper.unlink()
    shown = asked(folder)
    assert "0.9 points" in shown
    assert not LINK.search(shown)


@pytest.mark.parametrize(("options", "more"), [(["--plain"], {}), ([], {"NO_COLOR": "1"})])
def test_plain_output_has_no_links(folder, paper, options, more):
    shown = asked(folder, *options, **more)
    assert "0.9 points" in shown
    assert "\x1b" not in shown
