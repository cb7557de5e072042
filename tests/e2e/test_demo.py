"""The demo asks its questions in order and prints what `r1agent ask` would."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.agent.cli.commands import command, environment
from tests.agent.cli.scripted_server import scripted_server
from tests.indexes.made_pdfs import PARAGRAPH, lines_of, make_pdf

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "examples" / "demo.py"


def demo(folder: Path, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, folder / "examples" / "demo.py"],
        cwd=folder,
        env=own_environment(folder) | more,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=60,
    )


def own_environment(folder: Path) -> dict[str, str]:
    return environment(
        HOME=str(folder),
        R1AGENT_CACHE_DIR=str(folder / "cache"),
        R1AGENT_RUNS_DIR=str(folder / "runs"),
        HF_HUB_OFFLINE="1",
    )


@pytest.fixture
def checkout(tmp_path) -> Path:
    """A folder with the demo and its questions, as in the repository, but without an index."""
    papers = tmp_path / "examples" / "papers"
    papers.mkdir(parents=True)
    (tmp_path / "examples" / "demo.py").write_bytes(DEMO.read_bytes())
    (papers / "questions.toml").write_bytes((DEMO.parent / "papers/questions.toml").read_bytes())
    return tmp_path


def test_three_questions_are_asked_of_one_assistant_and_their_answers_printed(checkout):
    make_pdf(checkout / "smoothing.pdf", [["Label Smoothing", *lines_of(PARAGRAPH)]])
    added = subprocess.run(
        command("index", "add", "smoothing.pdf", "--index", "indexes/examples", "-q"),
        cwd=checkout,
        env=own_environment(checkout),
        capture_output=True,
        timeout=60,
    )
    assert added.returncode == 0, added.stderr
    with scripted_server() as address:
        done = demo(checkout, R1AGENT_BASE_URL=address)
    assert "Traceback" not in done.stderr
    assert done.stderr.count("Model: scripted, loaded") == 1
    headings = ["1 of 3: contradiction", "2 of 3: mathematics", "3 of 3: code"]
    places = [done.stdout.index(heading) for heading in headings]
    assert places == sorted(places)
    assert "(5 unit tests judge the code.)" in done.stdout
    assert done.stdout.count("Run 20") == 3
    assert "r1agent show" in done.stdout.splitlines()[-2]
    assert len(list((checkout / "runs").glob("*.jsonl"))) == 3
    asked = tomllib.loads((checkout / "examples/papers/questions.toml").read_text("utf-8"))
    shown = done.stdout + done.stderr
    for question in (each["question"] for each in asked["question"] if each.get("demo")):
        assert shown.count(question.splitlines()[0][:50]) == 1, shown


def test_without_an_index_it_says_so_in_one_sentence(checkout):
    with scripted_server() as address:
        done = demo(checkout, R1AGENT_BASE_URL=address)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    last = done.stderr.splitlines()[-1]
    assert last.startswith("error: ")
    assert "examples" in last
