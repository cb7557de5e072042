"""One sandbox for all tests of this folder: its start costs more than its sessions."""

from collections.abc import Iterator

import pytest

from r1agent_tools import Limits, LocalSandbox
from r1agent_tools.sandbox.layers import missing_layers
from r1agent_tools.sandbox.session import LocalSession


@pytest.fixture(scope="session")
def sandbox() -> Iterator[LocalSandbox]:
    missing = missing_layers()
    if missing:
        pytest.skip(f"no sandbox on this machine: {missing[0].name}, {missing[0].found}")
    limits = Limits(wall_seconds=1.5, memory_mb=512, disk_mb=60, file_mb=20, output_characters=2000)
    with LocalSandbox(limits=limits) as built:
        yield built


@pytest.fixture
def session(sandbox: LocalSandbox) -> Iterator[LocalSession]:
    opened = sandbox.new_session()
    yield opened
    opened.close()
