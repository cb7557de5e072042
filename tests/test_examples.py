"""The examples run as they stand, with the embedded engine and its smallest model."""

from __future__ import annotations

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
        "R1AGENT_RUNS_DIR": str(folder / "runs"),
        "HF_HUB_OFFLINE": "1",
    }


def python(folder: Path, script: str) -> str:
    done = subprocess.run(
        [sys.executable, script],
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
    assert quotes or "The papers do not say." in first or "word for word" in first


def test_a_tool_of_ones_own_is_called_and_its_documents_are_evidence(folder):
    printed = python(folder, "examples/own_tool.py")
    assert "lab_notes: " in printed


def test_the_notebook_runs_and_shows_the_answer(folder, monkeypatch):
    wanted = surroundings(folder)
    for name in os.environ.keys() - wanted.keys():
        monkeypatch.delenv(name)
    for name, value in wanted.items():
        monkeypatch.setenv(name, value)
    notebook = nbformat.read(folder / "examples" / "first_steps.ipynb", as_version=4)
    client = NotebookClient(
        notebook, timeout=120, resources={"metadata": {"path": str(folder / "examples")}}
    )
    client.execute()
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert "8 added" in printed(code[2]) or "8 unchanged" in printed(code[2])
    assert ".pdf, p. " in printed(code[3])
    assert "text/html" in code[4].outputs[-1]["data"]
    found, of = re.findall(r"^(\d+) of (\d+) quotes", printed(code[5]))[0]
    assert found == of


def test_the_notebook_of_the_sandbox_runs_and_shows_what_it_says(folder):
    place = {"metadata": {"path": str(folder / "examples")}}
    notebook = nbformat.read(folder / "examples" / "sandbox.ipynb", as_version=4)
    NotebookClient(notebook, timeout=120, resources=place).execute()
    cells = {cell.id: printed(cell) for cell in notebook.cells if cell.cell_type == "code"}
    assert cells["run"].startswith("28.27")
    assert cells["tries"].count("PermissionError") >= 2
    assert cells["tries"].count("Error") == 3
    assert "landlock" in cells["tries"]
    assert cells["figure"].splitlines() == [
        "figure-1.png image/png True",
        "table.csv text/csv True",
    ]
    assert "2 of 2 tests passed." in cells["honest"]
    assert "verified: True" in cells["honest"]
    assert "0 of 2 tests passed." in cells["spoof"]
    assert "verified: False" in cells["spoof"]


def test_the_notebook_that_measures_runs_and_plots_what_it_found(folder, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    place = {"metadata": {"path": str(folder / "examples")}}
    notebook = nbformat.read(folder / "examples" / "measure.ipynb", as_version=4)
    NotebookClient(notebook, timeout=240, resources=place).execute()
    cells = {cell.id: cell for cell in notebook.cells if cell.cell_type == "code"}
    table = cells["measure"].outputs[-1]["data"]["text/html"]
    assert "gate with packaged model" in table
    assert "faults caught" in table
    assert "image/png" in cells["plot"].outputs[-1]["data"]
    shown = printed(cells["figures"])
    caught = re.findall(r"gate with .+: faults caught (\d\.\d\d), ", shown)
    assert len(caught) == 2
    assert all(float(share) > 0.5 for share in caught)
    assert (folder / "examples" / "faults.html").read_text().startswith("<!DOCTYPE html>")


def printed(cell) -> str:
    return "".join(output.get("text", "") for output in cell.outputs)
