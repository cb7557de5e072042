"""The server of the benches: what is missing is told before anything starts."""

import pytest
import served
from served import ServerError, serving


def test_a_missing_vllm_or_missing_weights_say_how_to_make_them(tmp_path, monkeypatch):
    monkeypatch.setattr(served, "PYTHON", tmp_path / "python")
    with (
        pytest.raises(ServerError, match=r"python'\. Make it with `MODEL=tiny \.ci/setup-vllm`"),
        serving("tiny", tmp_path / "vllm.log"),
    ):
        pytest.fail("it was served")


def test_a_server_that_runs_already_is_used_as_it_is(tmp_path, monkeypatch):
    monkeypatch.setenv("R1AGENT_API_KEY", "its key")
    with serving("tiny", tmp_path / "vllm.log", base_url="http://127.0.0.1:1/v1/") as server:
        assert (server.base_url, server.model, server.key) == (
            "http://127.0.0.1:1/v1",
            "tiny",
            "its key",
        )
    assert "its key" not in repr(server)
    assert not (tmp_path / "vllm.log").exists()
