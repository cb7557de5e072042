"""The embedded server serves this process only, and ends with it."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import httpx2
import psutil
import pytest
from langchain_core.messages import HumanMessage
from pydantic import BaseModel, Field

from r1agent.errors import ModelServerError
from r1agent.models import (
    EmbeddedServer,
    LoadProgress,
    chat_model,
    complete,
    fill,
    model_path,
    probe,
)
from r1agent.models.embedded import telling_line

WEIGHTS = model_path("smollm2-135m")
needs_weights = pytest.mark.skipif(
    WEIGHTS is None, reason="no weights: run `r1agent models pull smollm2-135m` first"
)


class Plan(BaseModel):
    goal: str = Field(max_length=60)
    tool: Literal["search", "python"]


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedServer]:
    assert WEIGHTS is not None
    with EmbeddedServer(WEIGHTS, context=2048, threads=1) as running:
        yield running


@needs_weights
def test_schema_output_fits_and_holds_no_thinking(server: EmbeddedServer):
    model = chat_model(server.base_url, server.model_name, api_key=server.api_key, temperature=0)
    question = [HumanMessage("What is 12*17? Think first, then plan: goal and tool.")]
    result = fill(model, question, Plan, max_tokens=100)
    assert result.value.tool in {"search", "python"}
    assert "think>" not in result.text
    assert result.repairs == ()
    assert result.usage.completion_tokens > 0


@needs_weights
def test_text_is_streamed_and_counted(server: EmbeddedServer):
    model = chat_model(server.base_url, server.model_name, api_key=server.api_key, temperature=0)
    shown: list[str] = []
    question = [HumanMessage("Say hello.")]
    result = complete(model, question, max_tokens=12, on_text=shown.append)
    assert "".join(shown).strip() == result.text != ""
    assert 0 < result.usage.completion_tokens <= 12
    assert result.finish_reason in {"stop", "length"}


@needs_weights
def test_a_prompt_that_begins_alike_comes_from_the_cache(server: EmbeddedServer):
    model = chat_model(server.base_url, server.model_name, api_key=server.api_key, temperature=0)
    paper = "Dropout of 0.5 lowers the error of the small network from 12.1 to 10.4 %. " * 8
    first, second = (
        complete(model, [HumanMessage(f"{paper} {end}")], max_tokens=1) for end in ("Why?", "How?")
    )
    assert second.usage.cached_tokens > 0.8 * first.usage.prompt_tokens


@needs_weights
def test_a_wrong_key_is_refused(server: EmbeddedServer):
    model = chat_model(server.base_url, server.model_name, api_key="wrong")
    with pytest.raises(ModelServerError, match=r"refused the API key \(status 401"):
        model.invoke("hi")
    assert httpx2.get(f"{server.base_url}/models", trust_env=False).status_code == 401


@needs_weights
def test_a_page_in_a_browser_is_not_allowed_in(server: EmbeddedServer):
    headers = {"Origin": "https://example.com", "Authorization": f"Bearer {server.api_key}"}
    reply = httpx2.get(f"{server.base_url}/models", headers=headers, trust_env=False)
    allowed = reply.headers.get("Access-Control-Allow-Origin")
    assert allowed not in {"*", "https://example.com"}


@needs_weights
def test_the_key_is_in_no_argument_list(server: EmbeddedServer):
    assert server.pid is not None
    assert server.api_key not in " ".join(psutil.Process(server.pid).cmdline())


@needs_weights
def test_probe_knows_the_server(server: EmbeddedServer):
    status = probe(server.base_url, server.api_key)
    assert (status.kind, status.models) == ("llama.cpp", (server.model_name,))


@needs_weights
def test_leaving_the_block_stops_the_child_and_removes_its_log():
    reports: list[LoadProgress] = []
    assert WEIGHTS is not None
    with EmbeddedServer(WEIGHTS, context=512, threads=1, on_progress=reports.append) as running:
        pid, log = running.pid, running.log_path
        assert pid is not None
        assert log is not None
        assert psutil.pid_exists(pid)
    assert not psutil.pid_exists(pid)
    assert not log.exists()
    assert reports


HOLD = """
import sys, time
from pathlib import Path
from r1agent.models import EmbeddedServer
with EmbeddedServer(Path(sys.argv[1]), context=512, threads=1) as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""


@needs_weights
def test_the_child_does_not_outlive_a_killed_parent():
    parent = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(WEIGHTS)], stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()
    deadline = time.monotonic() + 5
    while child.is_running() and child.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, "the child is an orphan"
        time.sleep(0.05)


def test_a_file_that_is_no_model_is_an_error_with_the_line_that_matters(tmp_path: Path):
    pytest.importorskip("xllamacpp")
    broken = tmp_path / "broken.gguf"
    broken.write_text("certainly no model")
    server = EmbeddedServer(broken, log_path=tmp_path / "server.log")
    with pytest.raises(ModelServerError) as caught, server:
        pass
    message = str(caught.value)
    assert "could not be started (exit code 1)" in message
    assert "invalid magic characters: 'cert', expected 'GGUF'" in message
    assert str(tmp_path / "server.log") in message
    assert server.pid is None


def test_a_missing_file_says_how_to_fetch_one(tmp_path: Path):
    server = EmbeddedServer(tmp_path / "none.gguf")
    with pytest.raises(ModelServerError, match="fetch one with `r1agent models pull"), server:
        pass


def test_the_telling_line_is_the_first_error_of_the_log():
    log = "0.00.1 I loading\n0.00.2 E alloc: out of memory\n0.00.3 E gave up\nTraceback\n"
    assert telling_line(log) == "alloc: out of memory."
