"""vLLM on this machine's CPU, started as r1agent starts it, for the parts of the bench."""

from __future__ import annotations

import os
import random
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

import psutil
from results import ROOT

from r1agent.serving.vllm_server import VllmServer, serve_vllm

PYTHON = ROOT / ".venv-vllm" / "bin" / "python"
WEIGHTS = ROOT / "runs" / "bench-loop" / "weights"
CONTEXT = 8192
DEVELOPED = "VLLM_SERVER_DEV_MODE"
"""The variable that lets vLLM be told to empty its prefix cache."""
_DYING = 60.0
_SOON_THERE = ("--enforce-eager",)  # compiling takes longer than it saves here
_WORKING = ("APIServer", "EngineCore", "Worker", "api_server")


class ServerError(Exception):
    """The server cannot be used; the message says what to do."""


@dataclass(frozen=True, slots=True)
class Server:
    """Where a model is served."""

    base_url: str
    model: str
    key: str | None = field(default=None, repr=False)


@contextmanager
def serving(model: str, log: Path, *, base_url: str | None = None) -> Iterator[Server]:
    """Yield the server at `base_url`, or one that runs while the block does.

    Args:
        model: The name under which `.ci/setup-vllm` keeps its weights, and it is served.
        log: What the server says goes here.
        base_url: Of a server that runs already; its key is that of the settings.

    Raises:
        ServerError: There is no vLLM, or no such weights.
        ModelServerError: It does not start.
    """
    if base_url is not None:
        yield Server(base_url.rstrip("/"), model, os.environ.get("R1AGENT_API_KEY"))
        return
    with vllm(model, log) as server:
        yield Server(server.base_url, model, server.api_key)


def vllm(
    model: str,
    log: Path,
    *,
    port: int | None = None,
    api_key: str | None = None,
    extra: Sequence[str] = (),
) -> VllmServer:
    """Return a vLLM that starts when its block is entered; see `serve_vllm` for the options.

    Raises:
        ServerError: There is no vLLM, or no such weights.
    """
    for needed in (PYTHON, WEIGHTS / model / "model.safetensors"):
        if not needed.is_file():
            raise ServerError(
                f"There is no {str(needed)!r}. Make it with `MODEL={model} .ci/setup-vllm`, or "
                "name a running server with --base-url."
            )
    os.environ[DEVELOPED] = "1"
    log.parent.mkdir(parents=True, exist_ok=True)
    print(f"  starting vLLM; its words go to {log}", flush=True)
    return serve_vllm(
        str(WEIGHTS / model),
        python=PYTHON,
        port=port,
        api_key=api_key,
        log_path=log,
        context=CONTEXT,
        cards=[],
        extra=extra,
    )


class Killable:
    """A server that is killed and started again at the same address, with the same key."""

    def __init__(self, model: str, log: Path) -> None:
        self.model = model
        self.key = secrets.token_urlsafe(32)
        self._log = log
        self._running = vllm(model, log, api_key=self.key, extra=_SOON_THERE)

    def __enter__(self) -> Self:
        """Start it."""
        self._running.start()
        self.base_url = self._running.base_url
        return self

    def __exit__(self, *_: object) -> None:
        """Stop it."""
        self._running.close()

    def kill(self, chance: random.Random) -> str:
        """Kill one of its processes, wait until none is left, and return what that one was."""
        first = psutil.Process(self._running.pid)
        working = [one for one in [first, *first.children(recursive=True)] if _works(one)]
        victim = chance.choice(working)
        name = victim.name()
        victim.kill()
        self._running.wait(_DYING)
        self._running.close()
        return name

    def restart(self) -> None:
        """Start it again after a kill."""
        port = int(self.base_url.removesuffix("/v1").rpartition(":")[2])
        self._running = vllm(self.model, self._log, port=port, api_key=self.key, extra=_SOON_THERE)
        self._running.start()


def _works(process: psutil.Process) -> bool:
    """Tell vLLM's own processes from what Python starts beside them to tidy up."""
    named = " ".join([process.name(), *process.cmdline()])
    return any(one in named for one in _WORKING)
