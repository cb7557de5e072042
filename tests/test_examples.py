"""The examples run as they stand, with the embedded engine and its smallest model."""

from __future__ import annotations

import csv
import io
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient

from r1agent.models import default_cache, model_path
from tests.agent.cli.commands import environment

ROOT = Path(__file__).parents[1]
pytestmark = pytest.mark.skipif(
    model_path("smollm2-135m") is None,
    reason="no weights: run `r1agent models pull smollm2-135m` first",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A copy of examples/ with the papers set as PDFs, so that nothing is written beside it."""
    folder = tmp_path_factory.mktemp("examples")
    shutil.copytree(ROOT / "examples", folder / "examples", ignore=shutil.ignore_patterns("pdf"))
    python(folder, "examples/papers/make_papers.py")
    return folder


def surroundings(folder: Path) -> dict[str, str]:
    kept = {key: value for key, value in environment().items() if not key.startswith("R1AGENT_")}
    return kept | {
        "R1AGENT_CACHE_DIR": str(default_cache()),
        "R1AGENT_MODEL": "smollm2-135m",
        "R1AGENT_THREADS": "1",
        "R1AGENT_DRAFTS": "1",
        "R1AGENT_RUNS_DIR": str(folder / "runs"),
        "HF_HUB_OFFLINE": "1",
    }


def python(folder: Path, script: str, *options: str) -> str:
    done = subprocess.run(
        [sys.executable, script, *options],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_ask_papers_indexes_once_and_prints_quotes_that_are_in_the_papers(folder):
    first = python(folder, "examples/ask_papers.py")
    assert first.startswith("8 papers added, 0 unchanged.\n")
    quotes = re.findall(r"^  “(.+)” \((.+\.pdf), p\. (\d+)\)$", first, re.MULTILINE)
    silent = ("The papers do not say", "held up", "word for word")
    assert quotes or any(said in first for said in silent)


def test_a_tool_of_ones_own_is_called_and_its_documents_are_evidence(folder):
    printed = python(folder, "examples/own_tool.py")
    assert "lab_notes: " in printed


def test_a_server_and_a_chat_model_of_ones_own_answer(folder):
    printed = python(folder, "examples/own_server.py")
    told = re.findall(r"^(your .+), (.+), (\d+) tokens written: .+", printed, re.MULTILINE)
    assert [who for who, *_ in told] == ["your server", "your chat model"]
    assert all("SmolLM2" in model and int(tokens) > 0 for _, model, tokens in told)


def test_a_table_is_written_and_a_second_run_asks_nothing_again(folder):
    first = python(folder, "examples/batch_table.py", "--out", "table.csv")
    assert len(re.findall(r"^0[12]-\S+\.pdf, \w+: ", first, re.MULTILINE)) == 4
    assert "2 papers, 2 columns: " in first
    written = (folder / "table.csv").read_text(encoding="utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written)))
    assert [row["file"][:3] for row in rows] == ["01-", "02-"]
    again = python(folder, "examples/batch_table.py", "--out", "table.html")
    assert again.startswith("2 papers, 2 columns: ")
    assert (folder / "table.html").read_text().startswith("<!DOCTYPE html>")


def test_a_table_without_a_known_suffix_is_refused_before_anything_is_read(folder):
    index = folder / "unread"
    refused = subprocess.run(
        [sys.executable, "examples/batch_table.py", "--out", "table.pdf", "--index", str(index)],
        cwd=folder,
        env=surroundings(folder),
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert refused.returncode == 1
    assert "'table.pdf'" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert not index.exists()


def test_the_notebook_of_the_first_steps_runs_and_shows_the_answer(folder, monkeypatch):
    wanted = surroundings(folder)
    for name in os.environ.keys() - wanted.keys():
        monkeypatch.delenv(name)
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    cells = run_notebook(folder, "first_steps")
    assert "8 added" in printed(cells["index"]) or "8 unchanged" in printed(cells["index"])
    assert "8 papers · " in html(cells["index"])
    assert html(cells["search"]).count("<details>") == 3
    assert ".pdf, p. " in printed(cells["where"])
    watched, answer = cells["ask"].outputs
    assert "Done after" in watched["data"]["text/html"]
    assert "r1agent-answer" in answer["data"]["text/html"]
    assert "r1agent-trajectory" in html(cells["why"])
    found, of = re.findall(r"^(\d+) of (\d+) quotes", printed(cells["quotes"]))[0]
    assert found == of
    assert re.fullmatch(r"\w+ \d+\n", printed(cells["await"]))


def test_the_notebook_that_checks_a_claim_computes_what_the_paper_says(folder):
    cells = run_notebook(folder, "checking_a_claim")
    assert "05-effect-sizes-for-classifiers.pdf" in html(cells["claim"])
    assert printed(cells["again"]).endswith("the paper says 11.17: True\n")
    assert "image/png" in cells["figure"].outputs[-1]["data"]
    assert printed(cells["tries"]).count("PermissionError") >= 2
    assert printed(cells["tries"]).count("Error") == 3
    assert "landlock" in printed(cells["tries"])
    assert "2 of 2 tests passed. verified: True" in printed(cells["honest"])
    assert printed(cells["mistake"]).startswith("1 of 2 tests passed.")
    assert printed(cells["spoof"]).startswith("0 of 2 tests passed.")
    assert "verified: False" in printed(cells["spoof"])


def test_the_notebook_that_measures_runs_and_plots_what_it_found(folder, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    cells = run_notebook(folder, "measure")
    table = html(cells["measure"])
    assert "gate with packaged model" in table
    assert "faults caught" in table
    assert "image/png" in cells["plot"].outputs[-1]["data"]
    shown = printed(cells["figures"])
    caught = re.findall(r"gate with .+: faults caught (\d\.\d\d), ", shown)
    assert len(caught) == 2
    assert all(float(share) > 0.5 for share in caught)
    assert (folder / "examples" / "faults.html").read_text().startswith("<!DOCTYPE html>")


def run_notebook(folder: Path, name: str) -> dict[str, nbformat.NotebookNode]:
    """Run a notebook in the folder of the examples, and return its code cells by id."""
    place = {"metadata": {"path": str(folder / "examples")}}
    notebook = nbformat.read(folder / "examples" / f"{name}.ipynb", as_version=4)
    NotebookClient(notebook, timeout=240, resources=place).execute()
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    assert not [one for each in cells.values() for one in each.outputs if is_complaint(one)]
    return cells


def is_complaint(output: nbformat.NotebookNode) -> bool:
    return output.get("name") == "stderr"


def printed(cell: nbformat.NotebookNode) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)


def html(cell: nbformat.NotebookNode) -> str:
    return cell.outputs[-1]["data"]["text/html"]
