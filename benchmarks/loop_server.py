"""vLLM on this machine's CPU, for as long as a bench needs it."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
from results import ROOT

PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
WEIGHTS = ROOT / "runs" / "bench-loop" / "weights"
CONTEXT = 8192
STARTING = 1200.0
"""Seconds until it must be ready; on two busy cores it compiles for minutes."""
_STOPPING = 30.0
_CACHE_GIB = 2


class ServerError(Exception):
    """The server cannot be used; the message says what to do."""


@contextmanager
def serving(
    model: str, log: Path, *, python: Path = PYTHON, weights: Path = WEIGHTS
) -> Iterator[str]:
    """Serve the weights that `.ci/setup-vllm` unpacked, and yield the base URL.

    Args:
        model: The name under which they are kept and served.
        log: What the server says goes here.
        python: Of the environment that has vLLM.
        weights: Holds a folder for each model.

    Raises:
        ServerError: There is no vLLM, no such weights, or it does not start.
    """
    for needed in (python, weights / model / "model.safetensors"):
        if not needed.is_file():
            raise ServerError(
                f"There is no {str(needed)!r}. Make it with `.ci/setup-vllm`, or name a running "
                "server with --base-url."
            )
    port = _free_port()
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w", encoding="utf-8") as kept:
        child = subprocess.Popen(  # noqa: S603 - a fixed command
            _command(python, weights / model, model, port),
            env=_environment(),
            stdout=kept,
            stderr=kept,
        )
    try:
        _wait(child, port, log)
        yield f"http://127.0.0.1:{port}/v1"
    finally:
        _stop(child)


def _stop(child: subprocess.Popen[bytes]) -> None:
    child.terminate()
    try:
        child.wait(_STOPPING)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def _command(python: Path, weights: Path, model: str, port: int) -> list[str]:
    options = {
        "--model": str(weights),
        "--served-model-name": model,
        "--host": "127.0.0.1",
        "--port": str(port),
        "--max-model-len": str(CONTEXT),
        "--max-num-seqs": "16",
        "--dtype": "bfloat16",
        "--generation-config": "vllm",
    }
    flat = [part for pair in options.items() for part in pair]
    # Its own `vllm` script looks for a distribution of that name and fails.
    return [str(python), "-m", "vllm.entrypoints.openai.api_server", *flat]


def _environment() -> dict[str, str]:
    return os.environ | {
        "VLLM_CPU_KVCACHE_SPACE": str(_CACHE_GIB),
        "VLLM_NO_USAGE_STATS": "1",
        "HF_HUB_OFFLINE": "1",
    }


def _free_port() -> int:
    with socket.socket() as bound:
        bound.bind(("127.0.0.1", 0))
        return int(bound.getsockname()[1])


def _wait(child: subprocess.Popen[bytes], port: int, log: Path) -> None:
    print(f"  starting vLLM; it takes some minutes, and its words go to {log}", flush=True)
    began = time.monotonic()
    while time.monotonic() - began < STARTING:
        if child.poll() is not None:
            raise ServerError(f"vLLM ended with code {child.returncode}; {log} says why.")
        if _healthy(port):
            print(f"  ready after {time.monotonic() - began:.0f} s", flush=True)
            return
        time.sleep(2)
    raise ServerError(f"vLLM was not ready after {STARTING:.0f} s; {log} says how far it came.")


def _healthy(port: int) -> bool:
    try:
        return httpx2.get(f"http://127.0.0.1:{port}/health", timeout=5).status_code == 200
    except httpx2.HTTPError:
        return False
