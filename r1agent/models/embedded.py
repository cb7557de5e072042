"""A model server of one's own: llama.cpp in a child process, for this machine only."""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

import httpx2
import psutil

from r1agent.errors import ModelServerError

_CHILD = Path(__file__).with_name("embedded_child.py")


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """How long the model has been loading."""

    model_name: str
    seconds: float


class EmbeddedServer:
    """Serve a GGUF file on a free loopback port, behind a random key, until the block is left.

    The child ends with this process, however this process ends.
    """

    def __init__(
        self,
        model_path: Path,
        *,
        context: int = 8192,
        threads: int | None = None,
        parallel: int = 1,
        log_path: Path | None = None,
        load_timeout: float = 300.0,
        on_progress: Callable[[LoadProgress], None] | None = None,
    ) -> None:
        """Store the settings; nothing starts before the block is entered.

        Args:
            model_path: The GGUF file.
            context: Tokens of prompt and answer together, for each request.
            threads: By default the physical cores this process may use.
            parallel: Requests answered at the same time; memory grows with each.
            log_path: Where llama.cpp's log goes; by default a temporary file that is removed
                after a clean stop.
            load_timeout: Seconds until a model that does not finish loading is given up.
            on_progress: Called about twice a second while the model loads.
        """
        self.model_path = Path(model_path)
        self.model_name = self.model_path.stem
        self.api_key = secrets.token_urlsafe(32)
        self.base_url = ""
        """Set while the server runs; ends in `/v1`."""
        self.log_path = log_path
        self._keep_log = log_path is not None
        self._context = context
        self._threads = threads or usable_cores()
        self._parallel = parallel
        self._load_timeout = load_timeout
        self._on_progress = on_progress
        self._child: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        """Start the server and wait until it answers.

        Raises:
            ModelServerError: It could not be started.
        """
        self._require_model_file()
        self._child = self._start()
        try:
            address = self._await_address(self._child)
            self._await_health(address)
        except BaseException:
            self.stop(keep_log=True)
            raise
        self.base_url = f"{address}/v1"
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the server."""
        self.stop(keep_log=kind is not None)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid if self._child else None

    def stop(self, *, keep_log: bool = False) -> None:
        """Stop the server and wait until it is gone; harmless when it is."""
        child, self._child = self._child, None
        self.base_url = ""
        if child is None:
            return
        assert child.stdin is not None  # noqa: S101 - opened as pipes in `_start`
        assert child.stdout is not None  # noqa: S101
        child.stdin.close()
        child.terminate()  # it keeps nothing that would need a farewell
        try:
            child.wait(timeout=5)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        child.stdout.close()
        if not (self._keep_log or keep_log) and self.log_path is not None:
            self.log_path.unlink(missing_ok=True)
            self.log_path = None

    def _require_model_file(self) -> None:
        if not self.model_path.is_file():
            raise ModelServerError(
                f"There is no model file {str(self.model_path)!r}; "
                "fetch one with `r1agent models pull qwen2.5-coder-1.5b`."
            )

    def _start(self) -> subprocess.Popen[str]:
        self.log_path = self.log_path or _temporary_log()
        with self.log_path.open("ab") as log:
            child = subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
                [sys.executable, "-P", str(_CHILD)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                start_new_session=True,  # Ctrl-C is for the parent, which then stops the child
            )
        assert child.stdin is not None  # noqa: S101 - opened as a pipe above
        child.stdin.write(json.dumps(self._settings()) + "\n")
        child.stdin.flush()
        return child

    def _settings(self) -> dict[str, str | int]:
        return {
            "model_path": str(self.model_path),
            "model_name": self.model_name,
            "api_key": self.api_key,
            "context": self._context,
            "threads": self._threads,
            "parallel": self._parallel,
        }

    def _await_address(self, child: subprocess.Popen[str]) -> str:
        """Return the address the child prints once its model is loaded."""
        printed: list[str] = []
        assert child.stdout is not None  # noqa: S101 - opened as a pipe in `_start`
        line_of = child.stdout.readline
        reader = threading.Thread(target=lambda: printed.append(line_of()), daemon=True)
        reader.start()
        began = time.monotonic()
        while reader.is_alive():
            seconds = time.monotonic() - began
            if self._on_progress is not None:
                self._on_progress(LoadProgress(self.model_name, seconds))
            reader.join(0.5)
            if seconds > self._load_timeout:
                raise self._failure(f"was not loaded after {seconds:.0f} s")
        if not printed[0]:
            raise self._failure(f"could not be started (exit code {child.wait()})")
        address: str = json.loads(printed[0])["address"]
        return address

    def _await_health(self, address: str) -> None:
        try:
            health = httpx2.get(f"{address}/health", timeout=10, trust_env=False)
            health.raise_for_status()
        except httpx2.HTTPError as error:
            raise self._failure(f"was loaded but does not answer ({error})") from error

    def _failure(self, what: str) -> ModelServerError:
        assert self.log_path is not None  # noqa: S101 - set in `_start`
        line = telling_line(self.log_path.read_text(encoding="utf-8", errors="replace"))
        return ModelServerError(
            f"The embedded model {str(self.model_path)!r} {what}: {line} {_advice(line)} "
            f"The whole log is {str(self.log_path)!r}."
        )


def usable_cores() -> int:
    """Return the physical cores this process may use; two threads on one disturb each other."""
    physical = psutil.cpu_count(logical=False) or os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else physical
    return max(1, min(physical, allowed))


def telling_line(log: str) -> str:
    """Return the line of llama.cpp's log that says what went wrong: its first error."""
    lines = log.strip().splitlines()
    errors = [line for line in lines if re.match(r"[\d.]+ E ", line)]
    if errors:
        return re.sub(r"^[\d.]+ E ", "", errors[0]).strip() + "."
    return f"{lines[-1].strip()}." if lines else "it left no log."


def _advice(line: str) -> str:
    if "No module named 'xllamacpp'" in line:
        return "Install it with `pip install 'r1agent[local]'`."
    if re.search(r"alloc|memory", line):
        return "It needs more memory than is free: pass a smaller context, or a smaller model."
    if re.search(r"magic|corrupt|tensor|gguf|failed to load model", line):
        return "The file is no whole GGUF model: remove it, then `r1agent models pull NAME`."
    return "Look there for the reason, or pass `base_url` of a server you run."


def _temporary_log() -> Path:
    handle, name = tempfile.mkstemp(prefix="r1agent-embedded-", suffix=".log")
    os.close(handle)
    return Path(name)
