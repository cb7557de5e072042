"""The recipe for a Ray job, with a `ray` that only writes down what it was asked for."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

from tests.agent.cli.commands import run

RECIPE = Path(__file__).parents[3] / "examples" / "ray_job.sh"
GIVEN = {"INDEX": "/shared/my kd", "SERVER": "http://10.0.0.7:8000/v1"}


def submitted(tmp_path: Path, *words: str, **given: str) -> subprocess.CompletedProcess[str]:
    """Run the recipe; its stdout has a line for each word that `ray` got."""
    stand_in = tmp_path / "ray"
    stand_in.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    stand_in.chmod(0o755)
    surroundings = {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}"} | given
    return subprocess.run([RECIPE, *words], env=surroundings, capture_output=True, text=True)


def test_the_recipe_submits_a_batch_to_the_cluster_of_the_job(tmp_path):
    done = submitted(tmp_path, "http://head:8265", "/shared/q.jsonl", "/shared/a.jsonl", **GIVEN)
    assert done.returncode == 0, done.stderr
    words = done.stdout.splitlines()
    assert words[:6] == ["job", "submit", "--address", "http://head:8265", "--no-wait", "--"]
    assert words[6:11] == ["r1agent", "batch", "/shared/q.jsonl", "-o", "/shared/a.jsonl"]
    assert words[11:] == [
        *("--index", GIVEN["INDEX"]),
        *("--base-url", GIVEN["SERVER"]),
        *("--ray", "auto"),
        "--plain",
    ]


def test_the_batch_of_the_recipe_has_the_options_that_it_names():
    options = set(re.findall(r"^  (--?[a-z-]+)", RECIPE.read_text(), re.M)) - {"--"}
    shown = run("batch", "--help").output
    named = options - {"--address", "--no-wait"}  # of `ray job submit`
    assert named == {"-o", "--index", "--base-url", "--ray", "--plain"}
    assert all(re.search(rf"(?<![\w-]){option}(?![\w-])", shown) for option in named)


@pytest.mark.parametrize("missing", ["INDEX", "SERVER"])
def test_the_recipe_says_what_is_missing(tmp_path, missing):
    given = {name: value for name, value in GIVEN.items() if name != missing}
    done = submitted(tmp_path, "http://head:8265", "q", "a", **given)
    assert done.returncode != 0
    assert f"{missing}: names the" in done.stderr
