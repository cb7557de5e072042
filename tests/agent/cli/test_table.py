import csv
import json
import re
import signal
import threading
from contextlib import contextmanager

import pytest

from r1agent.load import load_index
from r1agent.settings import Settings
from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import scripted_server

PAPERS = {
    "2015/smoothing.md": "# Smoothing of teachers\n\nAda Miller and Bo Chen\n\n"
    "Published 12 March 2015.\n\n"
    "Label smoothing of the teacher costs the student 0.6 points of accuracy.\n",
    "2021/smoothing.md": "# Smoothing revisited\n\nJörg Müller and Bo Chen\n\n"
    "Published 3 May 2021.\n\n"
    "Label smoothing of the teacher gains the student 0.9 points of accuracy.\n",
}
EFFECT = """\
title: Smoothing
columns:
- name: Effect
  question: "How many points of accuracy does label smoothing of the teacher gain the student?"
  kind: number
  unit: points
"""
MORE = '- name: Who\n  question: "Whose accuracy does label smoothing of the teacher change?"\n'
QUOTE = "Label smoothing of the teacher gains the student 0.9 points of accuracy."
REPLIES = {"answer": "Label smoothing of the teacher gains the student 0.9 points of accuracy [1]."}


@pytest.fixture(scope="module")
def index(tmp_path_factory):
    folder = tmp_path_factory.mktemp("papers")
    for name, text in PAPERS.items():
        (folder / name).parent.mkdir(exist_ok=True)
        (folder / name).write_text(text)
    with load_index(Settings(index=folder / "idx"), create=True) as made:
        assert len(made.add([folder / name for name in PAPERS]).added) == 2
    return folder / "idx"


@pytest.fixture(scope="module")
def papers_server():
    with scripted_server(REPLIES) as address:
        yield address


@pytest.fixture
def words(folder, index, papers_server):
    """The options of every table here."""
    (folder / "columns.yaml").write_text(EFFECT)
    server = ["--base-url", papers_server, "--model", "scripted-1b"]
    return ["--index", index, *server, "--workers", "1"]


@pytest.fixture
def table(words):
    def make(*options, out="table.csv"):
        return run("table", "columns.yaml", "-o", out, *words, *options)

    return make


def read(path):
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def asked(result):
    """The columns and files of the cells that were asked, as the progress tells them."""
    return re.findall(r"^\d+/\d+ (\w+: \S+)", result.stderr, re.MULTILINE)


def test_each_paper_is_a_row_and_answers_from_its_own_file(table, folder):
    result = table()
    assert result.exit_code == 0, result.output
    assert result.stdout.startswith(
        "2 papers, 1 column: 1 answered, 1 not in the papers: 'table.csv'\nTokens: "
    )
    assert asked(result) == ["Effect: 2015/smoothing.md", "Effect: 2021/smoothing.md"]
    old, new = read(folder / "table.csv")
    assert (old["title"], old["year"], old["Effect"]) == ("Smoothing of teachers", "2015", "\u2013")
    assert new | {"Effect sentence": ""} == {
        "file": "smoothing.md",
        "title": "Smoothing revisited",
        "authors": "J\u00f6rg M\u00fcller; Bo Chen",
        "year": "2021",
        "Effect": "0.9",
        "Effect unit": "points",
        "Effect sentence": "",
        "Effect quote": QUOTE,
        "Effect page": "p. 1",
    }


def test_the_same_command_asks_nothing_and_writes_the_table_again(table, folder):
    table()
    before = (folder / "table.csv").read_bytes()
    (folder / "table.csv").unlink()
    again = table("--base-url", "http://127.0.0.1:9/v1")
    assert (again.exit_code, asked(again)) == (0, [])
    assert (folder / "table.csv").read_bytes() == before


def test_an_added_column_is_asked_alone(table, folder):
    table()
    (folder / "columns.yaml").write_text(EFFECT + MORE)
    assert asked(table()) == ["Who: 2015/smoothing.md", "Who: 2021/smoothing.md"]
    assert list(read(folder / "table.csv")[0])[-3:] == ["Who", "Who quote", "Who page"]


def test_a_paper_can_be_left_out_and_comes_back_without_a_question(table, folder):
    only = table("--year", "2021")
    assert asked(only) == ["Effect: smoothing.md"]
    assert len(read(folder / "table.csv")) == 1
    assert asked(table()) == ["Effect: 2015/smoothing.md"]
    assert len(read(folder / "table.csv")) == 2


@pytest.mark.parametrize("options", [["--redo", "effect"], ["--no-resume"]], ids=" ".join)
def test_cells_can_be_asked_again(table, options):
    table()
    assert len(asked(table(*options))) == 2


@pytest.mark.parametrize(
    ("out", "begins"),
    [
        ("t.md", "# Smoothing\n"),
        ("t.html", "<!DOCTYPE html>"),
        ("t.json", "{"),
        ("t.bib", "@"),
    ],
)
def test_the_suffix_names_the_format(table, folder, out, begins):
    assert table(out=out).exit_code == 0
    assert (folder / out).read_text().startswith(begins)


@pytest.mark.parametrize(
    ("by", "years"), [("Effect", "2021 2015"), ("-year", "2021 2015"), ("year", "2015 2021")]
)
def test_rows_can_be_sorted(table, folder, by, years):
    assert table("--sort", by, out="t.csv").exit_code == 0
    assert [row["year"] for row in read(folder / "t.csv")] == years.split()


def test_json_on_stdout_counts_the_cells(table):
    assert json.loads(table("--json").stdout) == {
        "papers": 2,
        "columns": 1,
        "outcomes": {"answered": 1, "not_in_papers": 1, "refused": 0, "failed": 0},
    }


def test_quiet_says_nothing_on_stderr(table):
    assert table("-q").stderr == ""


def test_cells_that_fail_are_told_and_the_table_is_there(words, folder):
    with scripted_server(status=500) as address:
        result = run("table", "columns.yaml", "-o", "t.md", *words, "--base-url", address)
    assert result.exit_code == 1
    assert "2 failed: 't.md'; the same command asks those that failed again" in result.stdout
    assert "2 cells could not be answered; the reason is in each." in (folder / "t.md").read_text()


@pytest.mark.parametrize(
    ("options", "code", "said"),
    [
        (["none.yaml", "-o", "t.csv"], 1, "cannot be read: No such file"),
        (["columns.yaml", "-o", "t.txt"], 1, "does not say which format"),
        (["columns.yaml", "-o", "no/t.csv"], 1, "No folder 'no'"),
        (["columns.yaml", "-o", "t.csv", "--sort", "x"], 1, "No column 'x' to sort by"),
        (["columns.yaml", "-o", "t.csv", "--redo", "Effct"], 1, "Nearest: 'Effect'"),
        (["columns.yaml", "-o", "t.md", "--style", "nope"], 2, "nope"),
        (["columns.yaml", "-o", "t.md", "--format", "nope"], 2, "No format 'nope'"),
        (["columns.yaml", "-o", "t.csv", "--author", "Nobody"], 1, "None of the 2 papers fits"),
        (["columns.yaml", "-o", "t.csv", "--year", "soon"], 2, "--year"),
        (["wrong.yaml", "-o", "t.csv"], 1, "wrong.yaml, line 2: `nme` is no key of a column."),
        (["other.yaml", "-o", "t.csv"], 1, "None of the 2 papers fits file 'x*'"),
        (["old.yaml", "-o", "t.csv", "--year", "2021"], 1, "No paper fits both"),
        (["columns.yaml"], 2, "--out"),
    ],
)
def test_wrong_input_is_one_sentence(words, folder, options, code, said):
    (folder / "wrong.yaml").write_text("columns:\n- nme: x\n  question: y\n")
    (folder / "other.yaml").write_text(f"papers: [x*]\n{EFFECT}")
    (folder / "old.yaml").write_text(f'papers: ["2015/*"]\n{EFFECT}')
    result = run("table", *options, *words)
    assert result.exit_code == code
    assert said in " ".join(result.stderr.split())
    assert "Traceback" not in result.output
    assert not list(folder.glob("t.*"))


def test_without_an_index_the_command_says_how_to_name_one(folder):
    (folder / "columns.yaml").write_text(EFFECT)
    result = run("table", "columns.yaml", "-o", "t.csv")
    assert result.exit_code == 1
    assert "No index was named" in result.stderr


def test_several_workers_ask_at_once(table, folder):
    result = table("--workers", "2")
    assert sorted(asked(result)) == ["Effect: 2015/smoothing.md", "Effect: 2021/smoothing.md"]
    assert [row["year"] for row in read(folder / "table.csv")] == ["2015", "2021"]


def test_ctrl_c_keeps_the_cells_that_are_done(words, folder, table):
    with scripted_server(REPLIES, delay=1) as address, interrupted_after_one_cell(folder):
        result = run("table", "columns.yaml", "-o", "table.csv", *words, "--base-url", address)
    assert result.exit_code == 130
    assert "Stopped. 1 of 2 cells are kept; the same command asks the rest." in result.stderr
    assert not (folder / "table.csv").exists()
    assert asked(table()) == ["Effect: 2021/smoothing.md"]


@contextmanager
def interrupted_after_one_cell(folder):
    """Press Ctrl-C once the first answer is kept, while the second is waited for."""
    over = threading.Event()

    def press():
        kept = folder / ".table.cells.jsonl"
        while not over.wait(0.02):
            if kept.exists() and kept.read_bytes().count(b"\n") == 2:
                over.wait(0.3)  # the answer that is just being kept, is
                signal.raise_signal(signal.SIGINT)
                return

    pressing = threading.Thread(target=press)
    pressing.start()
    try:
        yield
    finally:
        over.set()
        pressing.join()
