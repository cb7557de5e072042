"""The program's own time in a run: everything but the model, the sandbox and the encoder.

The example papers are asked questions of four kinds with the embedded 1.5B model. What the model's
server, the functions behind `python` and `unit_tests`, and the embedding model take is timed where
the program calls them; the rest, index and LangChain included, is its own. One question is asked
before, untimed, so that imports and first loads are not part of it.
"""

from __future__ import annotations

import tempfile
import threading
import time
import tomllib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
from results import ROOT, Figures

from r1agent.assistant import ResearchAssistant
from r1agent.load import load_assistant
from r1agent.settings import Settings, load_settings
from r1agent_indexes import PaperIndex, load_embeddings

PAPERS = ROOT / "examples" / "papers"
OF_KIND = {"lookup": 2, "computation": 2, "mathematics": 1, "code": 1}
SANDBOXED = ("python", "unit_tests")


def measure(*, limit: int | None = None) -> Figures:
    """Ask the questions and return shares and milliseconds.

    Wall time also holds what other programs on the machine took; processor time does not.
    """
    rows = _questions()
    with tempfile.TemporaryDirectory(prefix="r1agent-own-time-") as folder:
        settings = _settings(Path(folder))
        with load_assistant(settings) as assistant:
            watch = Stopwatch()
            watch_over(assistant, watch)
            assistant.ask(rows[0]["question"])
            asked = [_ask(assistant, row, watch) for row in rows[1:][:limit]]
    return summed(asked)


def summed(asked: list[Spent]) -> Figures:
    """Return the figures of runs that were timed."""
    wall, own = sum(one.wall for one in asked), sum(one.own_wall for one in asked)
    steps = sum(one.steps for one in asked)
    return {
        "own_time_share": round(own / wall, 5),
        "own_ms_per_step": round(1000 * own / steps, 2),
        "own_cpu_ms_per_step": round(1000 * sum(one.own_cpu for one in asked) / steps, 2),
        "own_time_runs": len(asked),
        "own_time_steps": steps,
    }


@dataclass(frozen=True, slots=True)
class Spent:
    """What one run took, in seconds."""

    wall: float
    own_wall: float
    own_cpu: float
    """Of the thread that the run is in."""
    steps: int


class Stopwatch:
    """Sum the time that is spent in others; what others call among themselves counts once."""

    def __init__(self) -> None:
        self.wall = 0.0
        self.cpu = 0.0
        self._here = threading.local()

    def start(self) -> None:
        """Note that another begins to work in this thread."""
        depth = getattr(self._here, "depth", 0)
        if depth == 0:
            self._here.began = time.perf_counter(), time.thread_time()
        self._here.depth = depth + 1

    def stop(self) -> None:
        """Note that it is done."""
        self._here.depth -= 1
        if self._here.depth == 0:
            wall, cpu = self._here.began
            self.wall += time.perf_counter() - wall
            self.cpu += time.thread_time() - cpu

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time a block."""
        self.start()
        try:
            yield
        finally:
            self.stop()

    def timed(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Return `function`, timed."""

        def call(*arguments: Any, **options: Any) -> Any:
            with self.running():
                return function(*arguments, **options)

        return call


class TimedTransport(httpx2.BaseTransport):
    """Time what lies between the request and the whole of the reply."""

    def __init__(self, transport: httpx2.BaseTransport, watch: Stopwatch) -> None:
        self.transport = transport
        self.watch = watch

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Send a request and wait for all of its reply."""
        with self.watch.running():
            response = self.transport.handle_request(request)
            response.read()
            return response

    def close(self) -> None:
        """Close the transport."""
        self.transport.close()


def watch_over(assistant: ResearchAssistant, watch: Stopwatch) -> None:
    """Have model, sandbox and encoder of an assistant timed by `watch`."""
    client: Any = assistant.model.http_client  # type: ignore[attr-defined]
    client._transport = TimedTransport(client._transport, watch)
    for tool in assistant.tools:
        if tool.name in SANDBOXED:
            tool.func = watch.timed(tool.func)  # type: ignore[attr-defined]
    remembered: Any = assistant.executor.verifier.embeddings
    encoder = remembered.embeddings  # the index asks the same one
    for name in ("embed_query", "embed_documents"):
        setattr(encoder, name, watch.timed(getattr(encoder, name)))


def _ask(assistant: ResearchAssistant, row: dict[str, str], watch: Stopwatch) -> Spent:
    wall, cpu = time.perf_counter(), time.thread_time()
    others_wall, others_cpu = watch.wall, watch.cpu
    answer = assistant.ask(row["question"], tests=row.get("tests"))
    wall, cpu = time.perf_counter() - wall, time.thread_time() - cpu
    spent = Spent(
        wall,
        wall - (watch.wall - others_wall),
        cpu - (watch.cpu - others_cpu),
        len(answer.trajectory.steps),
    )
    share = spent.own_wall / spent.wall
    print(
        f"  {row['kind']}: {spent.wall:.1f} s, own {1000 * spent.own_wall:.0f} ms ({share:.1%}), "
        f"processor {1000 * spent.own_cpu:.0f} ms, {spent.steps} steps",
        flush=True,
    )
    return spent


def _questions() -> list[dict[str, str]]:
    """Return one question to warm up with, then those to time."""
    rows = tomllib.loads((PAPERS / "questions.toml").read_text(encoding="utf-8"))["question"]
    warming = next(row for row in rows if row["kind"] == "synthesis")
    taken = [
        row
        for kind, number in OF_KIND.items()
        for row in [row for row in rows if row["kind"] == kind][:number]
    ]
    return [warming, *taken]


def _settings(folder: Path) -> Settings:
    index = folder / "index"
    with PaperIndex.open(index, embeddings=load_embeddings(), create=True) as papers:
        papers.add([PAPERS / "pdf"])
    return load_settings(
        index=index, runs_dir=folder / "runs", cache_requests=False, entailment="floors"
    )
