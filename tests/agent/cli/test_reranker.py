"""Passages are put in another order where a reranker is named."""

import json

import pytest

from tests.agent.cli.commands import run

PAPERS = {
    "cost.md": "# Cost\n\nLabel smoothing of the teacher costs the student 0.6 points.\n",
    "sand.md": "# Sand\n\nA pump lowers the water table by 12 cm in the tank.\n",
}


@pytest.fixture
def index(folder):
    for name, text in PAPERS.items():
        (folder / name).write_text(text)
    assert run("index", "add", *PAPERS, "--index", "idx", "-q").exit_code == 0
    return "idx"


def test_late_interaction_needs_no_other_weights(index):
    result = run("search", "water pump", "--json", "-q", "--index", index, "--reranker", "late")
    found = json.loads(result.stdout)
    assert [passage["file"] for passage in found] == ["sand.md", "cost.md"]
    assert [passage["score"] for passage in found] == [1, 0]


def test_a_reranker_that_is_not_there_is_named(index, tmp_path):
    missing = str(tmp_path / "nowhere")
    result = run("search", "water", "--index", index, "--reranker", missing)
    assert result.exit_code == 1
    assert "nowhere' cannot be loaded" in " ".join(result.stderr.split())
