"""One sandbox and one index for all tests of the loop: they cost more to start than to use."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from r1agent.testing import HashEmbeddings
from r1agent_indexes import PaperIndex
from r1agent_tools import LocalSandbox
from r1agent_tools.sandbox.layers import missing_layers

MAKE_PAPERS = Path(__file__).parents[2] / "examples" / "papers" / "make_papers.py"


@pytest.fixture(scope="session")
def sandbox() -> Iterator[LocalSandbox]:
    missing = missing_layers()
    if missing:
        pytest.skip(f"no sandbox on this machine: {missing[0].name}, {missing[0].found}")
    with LocalSandbox() as built:
        yield built


@pytest.fixture(scope="session")
def papers_index(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PaperIndex]:
    """An index over the example papers."""
    folder = tmp_path_factory.mktemp("example")
    papers = folder / "papers"
    subprocess.run(
        [sys.executable, str(MAKE_PAPERS), str(papers)], check=True, stdout=subprocess.DEVNULL
    )
    embeddings = HashEmbeddings()
    with PaperIndex.open(folder / "index", embeddings=embeddings, create=True) as index:
        assert len(index.add([papers]).added) == 8
        yield index
