"""vLLM's log: where it lies, and what stage of the start its last lines tell of."""

from __future__ import annotations

import os
import re
import time
from pathlib import Path

import platformdirs

KEPT = 10
_LATEST = 2_000_000
_STAGES = tuple(
    (re.compile(pattern), words)
    for pattern, words in (
        (r"Application startup complete", "ready"),
        (r"Capturing CUDA graphs?\b.*?:\s*(\d+)%", r"capturing CUDA graphs, \1 %"),
        (r"Capturing (?:the model for )?CUDA graphs?", "capturing CUDA graphs"),
        (r"Warming up model for the compilation|Starting torch\.compile|Dynamo byte", "compiling"),
        (r"Compiling a graph|torch\.compile took|Directly load the compiled", "compiling"),
        (r"KV cache size: ([\d,]+ tokens)", r"room for \1 in the KV cache"),
        (r"shards:\s+\d+% Completed \| (\d+)/(\d+)", r"loading weights, shard \1 of \2"),
        (r"Loading (?:model )?weights took", "weights are loaded"),
        (r"Starting to load model|Loading model from scratch", "loading weights"),
        (r"Fetching (\d+) files:.*\| (\d+)/\d+", r"downloading weights, file \2 of \1"),
        (r"([\w.-]+\.safetensors):\s+(\d+)%\|", r"downloading \1, \2 %"),
        (r"Initializing a V1 LLM engine", "starting the engine"),
        (r"Resolved architecture: (\w+)", r"reading the configuration of a \1"),
        (r"█  version (\S+)", r"vLLM \1 is starting"),
    )
)


def new_log(folder: Path | None, port: int) -> Path:
    """Return the path of a new log, and remove all but the latest of those that are there."""
    folder = folder or platformdirs.user_cache_path("r1agent") / "logs"
    folder.mkdir(parents=True, exist_ok=True)
    old = sorted(folder.glob("vllm-*.log"), key=lambda log: log.stat().st_mtime, reverse=True)
    for log in old[KEPT - 1 :]:
        log.unlink(missing_ok=True)
    return folder / f"vllm-{time.strftime('%Y%m%d-%H%M%S')}-{port}.log"


def open_log(path: Path) -> int:
    """Open a log to append to, readable by its owner alone; return the file descriptor."""
    path.parent.mkdir(parents=True, exist_ok=True)
    return os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)


def end_of(path: Path, start: int = 0) -> str:
    """Return the log from byte `start` on, or its last two million bytes."""
    with path.open("rb") as log:
        size = log.seek(0, os.SEEK_END)
        log.seek(max(start, size - _LATEST))
        return log.read().decode("utf-8", errors="replace")


def stage_of(line: str) -> str | None:
    """Return in words what vLLM is doing, where `line` of its log tells it."""
    for pattern, words in _STAGES:
        if found := pattern.search(line):
            return found.expand(words)
    return None


class LogReader:
    """Follow a log that grows."""

    def __init__(self, path: Path, start: int = 0) -> None:
        """Store the path; read from byte `start` on."""
        self._path = path
        self._position = start
        self._unfinished = b""
        self._stage = "starting vLLM"

    def stage(self) -> str:
        """Read on, and return what the last telling line told."""
        for line in self._new_lines():
            self._stage = stage_of(line) or self._stage
        return self._stage

    def _new_lines(self) -> list[str]:
        with self._path.open("rb") as log:
            log.seek(self._position)
            new = log.read(_LATEST)
        self._position += len(new)
        *whole, self._unfinished = re.split(rb"[\r\n]", self._unfinished + new)
        return [line.decode("utf-8", errors="replace") for line in whole]
