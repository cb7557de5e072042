from __future__ import annotations

import pytest

from tests.agent.cli.scripted_server import scripted_server


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A working folder of its own, with the home folder and every record inside."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("R1AGENT_RUNS_DIR", str(tmp_path / "runs"))
    monkeypatch.setenv("R1AGENT_CACHE_DIR", str(tmp_path / "cache"))
    return tmp_path


@pytest.fixture(scope="session")
def server():
    """The address of a server that answers the question for 5050."""
    with scripted_server() as address:
        yield address
