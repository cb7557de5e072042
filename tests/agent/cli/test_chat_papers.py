"""A chat over papers: references, pages and other indexes."""

import pytest

from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

PAPER = """# Smoothing revisited

Jörg Müller and Bo Chen

Published 3 May 2021.

Label smoothing of the teacher gains the student 0.9 points of accuracy.
"""
OTHER = "# Of warblers\n\nA warbler weighs 9 grams.\n"
QUESTION = "How many points does label smoothing of the teacher gain the student?"
FACT = "Label smoothing of the teacher gains the student 0.9 points of accuracy"
FALSE = "Label smoothing of the teacher costs the student 70 points of accuracy"
REPLIES = {"answer": f"{FACT} [1]. {FALSE} [1]."}


@pytest.fixture
def index(folder):
    (folder / "new.md").write_text(PAPER)
    assert run("index", "add", "new.md", "--index", "idx", "-q").exit_code == 0
    return "idx"


def chatted(index, *lines):
    with scripted_server(REPLIES) as address:
        server = ["--base-url", address, "--model", "scripted-1b"]
        return run("chat", "--index", index, *server, input="\n".join(lines))


def test_why_lists_what_was_left_out_and_shows_the_quote_of_what_was_not(index):
    result = chatted(index, QUESTION, "/why", "/why 1")
    assert f"✗ {FALSE}" in result.stdout
    assert f"1. {FACT}. [1]" in result.stdout
    assert "supported: rests on quote on p. 1 of new.md" in result.stdout


def test_read_shows_the_page_with_the_quote_marked(index):
    shown = chatted(index, QUESTION, "/read", "/read 1", "/read [1]").stdout
    assert shown.count(f">>>{FACT}.<<<") == 3
    assert "Published 3 May 2021." in shown


def test_read_shows_any_page_of_a_paper(index):
    assert "Published 3 May 2021." in chatted(index, "/read new.md 1").stdout


@pytest.mark.parametrize("which", ["2", "new.md 7", "old.md 1", "new.md", "new.md 99999999999"])
def test_a_page_that_is_not_there_is_one_sentence(index, which):
    result = chatted(index, f"/read {which}")
    assert result.exit_code == 0
    assert result.stdout == ""
    assert which.split()[0] in result.stderr


def test_index_switches_the_papers(index, folder):
    (folder / "birds.md").write_text(OTHER)
    run("index", "add", "birds.md", "--index", "birds", "-q")
    result = chatted(index, "/index", "/index birds", "/index", "/index nowhere", "/index")
    assert "Searching 1 paper from now on." in result.stderr
    assert "error: " in result.stderr
    assert result.stdout.count("Smoothing revisited") == 1
    assert result.stdout.count("Of warblers") == 2


def test_bibliographies_are_exported(index, folder):
    chatted(index, QUESTION, "/export refs.bib")
    assert "Smoothing revisited" in (folder / "refs.bib").read_text()
