"""The life of the server, with a stand-in for vLLM that only answers `/health`."""

import sys
from pathlib import Path

import httpx2
import pytest
from loop_server import ServerError, serving

HEALTHY = """
import argparse
from http.server import BaseHTTPRequestHandler, HTTPServer

class Health(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200 if self.path == "/health" else 404)
        self.end_headers()

known = argparse.ArgumentParser()
known.add_argument("--port", type=int)
HTTPServer(("127.0.0.1", known.parse_known_args()[0].port), Health).serve_forever()
"""
BROKEN = "raise SystemExit(3)"


@pytest.fixture
def stand_in(tmp_path, monkeypatch):
    """Put a module in the place of vLLM's server, and weights beside it."""

    def make(source):
        module = tmp_path / "vllm" / "entrypoints" / "openai" / "api_server.py"
        module.parent.mkdir(parents=True)
        module.write_text(source, encoding="utf-8")
        (tmp_path / "weights" / "tiny").mkdir(parents=True)
        (tmp_path / "weights" / "tiny" / "model.safetensors").touch()
        monkeypatch.setenv("PYTHONPATH", str(tmp_path))
        places = {"python": Path(sys.executable), "weights": tmp_path / "weights"}
        return serving("tiny", tmp_path / "vllm.log", **places)

    return make


def test_a_server_is_there_inside_and_gone_after(stand_in):
    with stand_in(HEALTHY) as base_url:
        assert base_url.endswith("/v1")
        health = base_url.removesuffix("/v1") + "/health"
        assert httpx2.get(health).status_code == 200
    with pytest.raises(httpx2.ConnectError):
        httpx2.get(health)


def test_a_server_that_ends_at_once_is_reported_with_its_log(stand_in):
    with pytest.raises(ServerError, match=r"ended with code 3; .*vllm\.log says why"):
        stand_in(BROKEN).__enter__()


def test_weights_that_were_not_unpacked_are_named_with_what_makes_them(tmp_path):
    served = serving("no-such", tmp_path / "log", python=Path(sys.executable), weights=tmp_path)
    with pytest.raises(ServerError, match=r"no-such/model.safetensors.*`.ci/setup-vllm`"):
        served.__enter__()
