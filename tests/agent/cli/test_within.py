import json
from typing import Any

import pytest

from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

PAPERS = {
    "old.md": "# Smoothing of teachers\n\nAda Miller and Bo Chen\n\nPublished 12 March 2015.\n\n"
    "Label smoothing of the teacher costs the student 0.6 points of accuracy.\n",
    "new.md": "# Smoothing revisited\n\nJörg Müller and Bo Chen\n\nPublished 3 May 2021.\n\n"
    "Label smoothing of the teacher gains the student 0.9 points of accuracy.\n",
    "undated.md": "# Smoothing in short\n\nLabel smoothing of the teacher does not matter.\n",
}
QUESTION = "How many points does label smoothing of the teacher gain the student?"
SENTENCE = "Label smoothing of the teacher gains the student 0.9 points of accuracy [1]."


@pytest.fixture
def index(folder):
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    assert run("index", "add", *PAPERS, "--index", "idx", "-q").exit_code == 0
    return "idx"


def searched(*options: str) -> set[str]:
    result = run("search", "smoothing", "--json", "-q", "--index", "idx", *options)
    assert result.exit_code == 0, result.output
    return {passage["file"] for passage in json.loads(result.stdout)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--year", "2015"], {"old.md"}),
        (["--year", "2010-"], {"old.md", "new.md"}),
        (["--author", "mueller"], {"new.md"}),
        (["--author", "Miller", "--author", "Müller"], {"old.md", "new.md"}),
        (["--author", "Chen", "--year", "-2020"], {"old.md"}),
        (["--file", "un*"], {"undated.md"}),
    ],
    ids=lambda one: " ".join(one) if isinstance(one, list) else None,
)
def test_search_takes_the_filters(index, options, expected):
    assert searched(*options) == expected


def test_papers_without_a_year_are_counted(index):
    result = run("search", "smoothing", "--index", index, "--year", "2021")
    assert "1 paper has no known year; `--year` leaves out" in result.stderr
    assert "no known year" not in run("search", "smoothing", "--index", index).stderr


@pytest.mark.parametrize("command", [["search", "x"], ["ask", "x"], ["chat"]], ids=lambda c: c[0])
def test_a_filter_that_nothing_fits_is_one_sentence_and_exit_1(index, server, command):
    more = [] if command[0] == "search" else ["--base-url", server]
    result = run(*command, "--index", index, "--author", "Muler", *more)
    assert (result.exit_code, result.stdout) == (1, "")
    assert (
        "None of the 3 papers fits author 'Muler'. Near: 'Ada Miller', 'Jörg Müller'."
        in result.stderr
    )


@pytest.mark.parametrize("options", [["--year", "soon"], ["--author", " "], ["--tag", ""]], ids=str)
def test_a_filter_that_says_nothing_is_wrong_usage(index, options):
    result = run("search", "x", "--index", index, *options)
    assert result.exit_code == 2
    assert options[0] in result.stderr


def test_ask_cites_the_papers_of_the_filter_only_and_the_record_says_so(index):
    with scripted_server({"answer": SENTENCE}) as address:
        server = ["--base-url", address, "--model", "scripted-1b"]
        within = run("ask", QUESTION, "--index", index, *server, "--year", "2016-", "--json")
        without = run("ask", QUESTION, "--index", index, *server, "--file", "old.md", "--json")
    answer = json.loads(within.stdout)
    assert cited(answer) == {"new.md"}
    assert cited(json.loads(without.stdout)) <= {"old.md"}
    limit = (
        "Searched only papers with year 2016-: 1 of the index. Left out for want of a known year"
    )
    assert any(notice.startswith(limit) for notice in answer["audit"]["notices"])
    recorded = run("show", answer["run"]).stdout
    assert limit in recorded


def cited(answer: dict[str, Any]) -> set[str]:
    return {each["file"] for claim in answer["claims"] for each in claim["citations"]}


def test_batch_takes_the_filters(index, folder):
    (folder / "questions.txt").write_text(QUESTION + "\n")
    with scripted_server({"answer": SENTENCE}) as address:
        result = run(
            *("batch", "questions.txt", "-o", "out.jsonl", "--index", index, "-q"),
            *("--base-url", address, "--model", "scripted-1b", "--author", "Müller"),
        )
    assert result.exit_code == 0, result.output
    answer = json.loads((folder / "out.jsonl").read_text())
    assert "new.md" in json.dumps(answer)
    assert "old.md" not in json.dumps(answer)


def test_chat_lists_the_papers_of_the_filter(index, server):
    result = run(
        *("chat", "--index", index, "--base-url", server, "--author", "Müller"), input="/index\n"
    )
    assert "new.md" in result.stdout
    assert "old.md" not in result.stdout
