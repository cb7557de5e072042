"""vLLM as r1agent starts it, small and without a compiler, so that it is ready within a minute."""

from __future__ import annotations

import os
import re
import signal
import time
from pathlib import Path

import httpx2

from r1agent.serving.cards import find_cards
from r1agent.serving.memory import GIB, RESERVED_BYTES
from r1agent.serving.vllm_server import VllmServer, serve_vllm

ROOT = Path(__file__).parents[2]
PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
WEIGHTS = ROOT / "runs" / "bench-loop" / "weights" / "smollm2-135m"
_SMALL = (
    *("--enforce-eager", "--max-num-seqs", "32"),
    # A model of this size else fills a form with line breaks until its tokens are spent.
    "--structured-outputs-config",
    '{"backend": "xgrammar", "disable_any_whitespace": true}',
)
_STARTING = 500.0
_SERVERS_SHARE = 8 * GIB
"""Of a card: several of the tests' servers run at once, and each takes all that it may."""


def server_of(
    weights: Path,
    log: Path,
    *extra: str,
    context: int = 4096,
    port: int | None = None,
    api_key: str | None = None,
) -> VllmServer:
    """Return a server of these weights; entering the block starts it."""
    return serve_vllm(
        str(weights),
        python=PYTHON,
        port=port,
        api_key=api_key,
        log_path=log,
        context=context,
        timeout=_STARTING,
        reserved_bytes=_left_to_others(),
        extra=(*_SMALL, *extra),
    )


def _left_to_others() -> int:
    free = min((card.free_bytes for card in find_cards()), default=0)
    return max(RESERVED_BYTES, free - _SERVERS_SHARE)


class Restartable:
    """A server that can be killed and started again at the same address, with the same key."""

    def __init__(self, weights: Path, log: Path) -> None:
        self._weights = weights
        self._log = log
        self._server = server_of(weights, log).start()
        self.base_url = self._server.base_url
        self.api_key = self._server.api_key
        self.model_name = self._server.model_name

    def kill(self) -> None:
        """Kill vLLM without a warning."""
        assert self._server.pid is not None
        os.kill(self._server.pid, signal.SIGKILL)
        assert self._server.wait(30) is not None

    def start_again(self) -> None:
        self._server.close()
        port = int(self.base_url.rpartition(":")[2].partition("/")[0])
        again = server_of(self._weights, self._log, port=port, api_key=self.api_key)
        self._server = again.start()

    def close(self) -> None:
        self._server.close()


def figure(base_url: str, name: str) -> float:
    """Return one of the figures that vLLM tells of itself, over all its engines."""
    text = httpx2.get(base_url.removesuffix("/v1") + "/metrics", timeout=30).text
    lines = re.findall(rf"^{re.escape(name)}(?:{{.*}})? (\S+)$", text, re.MULTILINE)
    assert lines, f"no {name} among the figures of vLLM"
    return sum(map(float, lines))


def running(base_url: str) -> float:
    """Return how many requests vLLM computes at this moment."""
    return figure(base_url, "vllm:num_requests_running")


def wait_until_running(base_url: str, wanted: bool, seconds: float = 60.0) -> None:
    """Wait until vLLM computes something, or nothing any more."""
    until = time.monotonic() + seconds
    while (running(base_url) > 0) != wanted:
        assert time.monotonic() < until, _ended(base_url)
        time.sleep(0.05)


def _ended(base_url: str) -> str:
    """Say what vLLM tells of its requests, and how those that are over came to their end."""
    lines = httpx2.get(base_url.removesuffix("/v1") + "/metrics", timeout=30).text.splitlines()
    told = ("vllm:num_requests", "vllm:request_success", "vllm:generation_tokens_total")
    return "\n".join(line for line in lines if line.startswith(told))
