"""Every example of every help page does what it says: run offline, over the example papers."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import typer

from r1agent.cli.app import app
from r1agent.evaluate import datasets
from r1agent.models import model_path
from tests.agent.cli.commands import run
from tests.agent.cli.scripted_server import MATHEMATICS, scripted_server
from tests.agent.evaluate.made_collection import write_collection
from tests.agent.evaluate.served_files import served
from tests.agent.evaluate.tasks.test_code import ROW as PROGRAM
from tests.indexes.bibliography.local_server import Reply, local_server
from tests.indexes.made_pdfs import make_pdf

PAPERS = Path(__file__).parents[3] / "examples" / "papers"
WEIGHTS = model_path("smollm2-135m")
MODEL = "scripted-1b"
QUESTION = "Which smoothing parameter was best?"
ANSWER = "The gain is largest at a smoothing parameter of 0.1 and has almost gone at 0.2 [1]."
NEED_WEIGHTS = ("models pull", "models path")
"""They are fetched before the tests; without them a pull needs a network."""
LARGER_THAN_A_TEST = {
    "eval self": ("--count", "2"),
    "eval faults": ("--pairs", "4"),
    "eval injection": ("--each", "1"),
}
"""What is added to an example, which by default measures with hundreds of examples."""
TYPED = {"chat": f"{QUESTION}\n/sources\n/quit\n"}
"""What a user types after the command."""


def _examples() -> Iterator[tuple[str, str]]:
    """Yield each command with the command line of its example."""
    for name, command in leaves(typer.main.get_command(app)):
        found = re.findall(r"^Example: r1agent (.+)$", command.epilog or "", re.M)
        yield from ((name, line) for line in found or [""])


def leaves(command: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the commands that are no groups, by what is typed."""
    if not hasattr(command, "commands"):
        yield name, command
        return
    for each, below in command.commands.items():
        yield from leaves(below, f"{name} {each}".strip())


@pytest.fixture(scope="module")
def prepared(tmp_path_factory) -> Path:
    """A folder with everything that the examples name; no test writes into it."""
    folder = tmp_path_factory.mktemp("examples")
    make = [sys.executable, PAPERS / "make_papers.py", folder / "papers"]
    subprocess.run(make, check=True, capture_output=True)
    for paper in sorted((folder / "papers").iterdir())[3:]:
        paper.unlink()  # three papers say enough, and are read sooner
    make_pdf(folder / "papers" / "draft.pdf", [["A Draft", "The pump lowered the water by 4 m."]])
    (folder / "questions.jsonl").write_text(json.dumps({"question": QUESTION}) + "\n")
    (folder / "columns.yaml").write_text(f"columns:\n- name: Best\n  question: {QUESTION}\n")
    _write_data(folder)
    with (
        pytest.MonkeyPatch.context() as patched,
        scripted_server(_replies(), name=MODEL) as address,
    ):
        _set_up(patched, folder, address)
        for line in (
            "index add papers --index indexes/kd",
            f'ask "{QUESTION}" -o review.md --index indexes/kd',
            "batch questions.jsonl -o answers.jsonl --index indexes/kd",
        ):
            result = run(*shlex.split(line), "-q")
            assert result.exit_code == 0, f"{line}\n{result.output}"
    return folder


@pytest.fixture
def world(prepared, tmp_path, monkeypatch) -> Iterator[Path]:
    """A copy of that folder, with servers that stand in for the model's and for the hubs."""
    folder = tmp_path / "world"
    shutil.copytree(prepared, folder)
    if WEIGHTS is not None:
        (folder / "cache").mkdir(exist_ok=True)
        (folder / "cache" / "weights").symlink_to(WEIGHTS.parents[1])
    paper = next((folder / "papers").glob("*.pdf")).read_bytes()
    with (
        scripted_server(_replies(), name=MODEL) as address,
        local_server(lambda _path, _headers: Reply(body=paper)) as arxiv,
        served(rows=b"{}\n") as hub,
    ):
        _set_up(monkeypatch, folder, address)
        monkeypatch.setenv("R1AGENT_ARXIV_URL", arxiv.address)
        dataset = replace(hub.dataset(), name="humaneval")
        monkeypatch.setattr(datasets, "list_datasets", lambda: [dataset])
        yield folder


EXAMPLES = list(_examples())


@pytest.mark.parametrize(("name", "line"), EXAMPLES, ids=[name for name, _ in EXAMPLES])
def test_the_example_works_as_written(world, name, line):
    assert line.startswith(name)
    if name in NEED_WEIGHTS and WEIGHTS is None:
        pytest.skip("no weights: run `r1agent models pull smollm2-135m`")
    result = run(*shlex.split(line), *LARGER_THAN_A_TEST.get(name, ()), input=TYPED.get(name))
    assert result.exit_code == 0, f"{line}\n{result.output}"
    for written in re.findall(r" -o (\S+)", line):
        assert (world / written).stat().st_size > 0


def test_only_what_would_take_minutes_is_made_smaller():
    assert set(LARGER_THAN_A_TEST) | set(NEED_WEIGHTS) <= {name for name, _ in EXAMPLES}


def _replies() -> dict[str, str]:
    return {**MATHEMATICS, "answer": ANSWER}


def _set_up(patched: pytest.MonkeyPatch, folder: Path, address: str) -> None:
    patched.chdir(folder)
    for name, value in {
        "HOME": folder,
        "HF_HUB_OFFLINE": "1",
        "R1AGENT_RUNS_DIR": folder / "runs",
        "R1AGENT_CACHE_DIR": folder / "cache",
        "R1AGENT_BASE_URL": address,
        "R1AGENT_MODEL": MODEL,
        "R1AGENT_PROVENANCE_MARK": "true",
    }.items():
        patched.setenv(name, str(value))


def _write_data(folder: Path) -> None:
    """Write the smallest data set of each kind that `eval` reads."""
    write_collection(folder / "scifact")
    claim = {"claim": "A pump lowers the water.", "label": "SUPPORT", "evidence": "A pump does."}
    (folder / "claims.jsonl").write_text(json.dumps(claim) + "\n")
    with gzip.open(folder / "HumanEval.jsonl.gz", "wt") as file:
        file.write(json.dumps(PROGRAM) + "\n")
    problem = {"question": "What is the sum of 1 to 100?", "answer": "It is #### 5050"}
    (folder / "gsm8k.jsonl").write_text(json.dumps(problem) + "\n")
    shutil.copytree(folder / "papers", folder / "qa" / "papers")
    asked = {"id": "q1", "question": QUESTION, "kind": "lookup"}
    more = {"answerable": True, "must_contain": [["0.1"]], "gold": []}
    (folder / "qa" / "questions.jsonl").write_text(json.dumps(asked | more) + "\n")
