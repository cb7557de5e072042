"""vLLM for real, on the processor: one server for each model, shared by all tests."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from r1agent_indexes import PaperIndex, load_embeddings
from tests.vllm.started import PYTHON, ROOT, WEIGHTS, Restartable


@pytest.fixture(scope="session")
def has_vllm() -> None:
    """Skip, and say why, where vLLM cannot be had."""
    if reason := os.environ.get("NO_VLLM_BECAUSE"):
        pytest.skip(f"vLLM is not tested: {reason}")
    if not PYTHON.is_file() or not WEIGHTS.is_dir():
        pytest.skip("vLLM is not tested: `make test-vllm` makes .venv-vllm and the weights first")


@pytest.fixture(scope="session")
def small(has_vllm: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Restartable]:
    """SmolLM2 at work."""
    server = Restartable(WEIGHTS, tmp_path_factory.mktemp("small") / "vllm.log")
    yield server
    server.close()


@pytest.fixture(scope="session")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example papers, as PDFs."""
    folder = tmp_path_factory.mktemp("papers")
    maker = ROOT / "examples" / "papers" / "make_papers.py"
    command = [sys.executable, str(maker), str(folder)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return folder


@pytest.fixture(scope="session")
def index(papers: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperIndex]:
    """An index of the example papers."""
    folder = tmp_path_factory.mktemp("index") / "papers"
    made = PaperIndex.open(folder, embeddings=load_embeddings(), create=True)
    made.add([papers])
    yield made
    made.close()
