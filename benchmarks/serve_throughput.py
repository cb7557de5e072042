"""Tokens a second through a batch, beside the same requests sent bare to the same server.

A batch of questions about the example papers goes through the whole of what `r1agent batch` does:
plan, search, Python, writing, the gate, the journal. The requests that it sent are then sent
again, byte for byte, by a client that does nothing else: as many questions at once, and of one
question each request after the reply to the one before. Both sides take turns (ours, bare, bare,
ours, ours, bare), each turn with an empty prefix cache and ours with an assistant loaded anew; the
server itself counts the tokens. The ratio is that of the medians. It is thus lowered by all that
is not the model: the client, the program's own time, and the search and sandbox that the bare
side does not need at all.

The model is a small one unless another is named, which makes that share large: its requests take
little, and the rest as long as ever.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import httpx2
from kept import code_digest, read_lines
from results import ROOT, Figures
from serve_counts import counts, empty_cache
from serve_questions import WORK, Recorded, load, questions
from served import Server, serving

from r1agent.batch import BatchItem, BatchResult, ThreadPool, run_batch
from r1agent.errors import ModelServerError

MODEL = "smollm2-135m"
"""Served unless another is named."""
ASKED = {1: 4, 8: 16, 32: 32}
"""How many questions are asked, by how many at once."""
TURNS = ("ours", "bare", "bare", "ours", "ours", "bare")
WARMING = BatchItem("warming", "Which papers are about reservoir sampling?")
_TIMEOUT = 1800.0

Sent = Sequence[Sequence[str]]
"""The bodies of the requests of each question."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side did in one turn."""

    at_once: int
    side: str
    completion: int
    """Tokens that the model wrote."""
    prompt: int
    requests: int
    seconds: float
    processor: float
    """Seconds of processor time that the client's side took, the server not counted."""

    @property
    def rate(self) -> float:
        """Tokens that the model wrote, a second."""
        return self.completion / self.seconds


def measure(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Take the turns that are left, and return ratios of medians.

    Args:
        limit: Ask so many questions at most, in one turn of each side.
        base_url: Of a running server that nobody else uses; by default one is started.
        model: The name under which the model is served; by default `MODEL`.
    """
    model = model or MODEL
    order = TURNS if limit is None else TURNS[:2]
    folder = WORK / f"throughput-{model.replace('/', '-')}-{code_digest(ROOT)}"
    with (
        tempfile.TemporaryDirectory(prefix="r1agent-throughput-") as passing,
        serving(model, WORK / "throughput.log", base_url=base_url) as server,
    ):
        kept = folder if limit is None else Path(passing)
        for at_once, number in ASKED.items():
            if limit is None or at_once <= limit:
                items = questions()[: min(number, limit or number)]
                take_turns(server, items, at_once, order, kept)
        turns = turns_in(kept)
    shutil.rmtree(folder, ignore_errors=True)  # measured whole: the next one begins anew
    return figures_of(turns) | {"throughput_model": model}


def figures_of(turns: Sequence[Turn]) -> Figures:
    """Return the rates of both sides and their ratio, for each number of questions at once."""
    figures: Figures = {}
    for at_once in sorted({turn.at_once for turn in turns}):
        ours, bare = (_median(turns, at_once, side) for side in ("ours", "bare"))
        figures[f"throughput_ratio_{at_once}"] = round(ours / bare, 3)
        figures[f"throughput_tokens_s_{at_once}"] = round(ours, 1)
        figures[f"throughput_tokens_s_bare_{at_once}"] = round(bare, 1)
    return figures


def take_turns(
    server: Server, items: Sequence[BatchItem], at_once: int, order: Sequence[str], kept: Path
) -> None:
    """Take the turns that `kept` does not have yet; `order` begins with ours."""
    kept.mkdir(parents=True, exist_ok=True)
    path, sent_path = kept / f"turns-{at_once}.jsonl", kept / f"sent-{at_once}.json"
    for side in order[len(read_lines(path)) :]:
        if side == "ours":
            turn, sent = our_turn(server, items, at_once)
            sent_path.write_text(json.dumps(sent), encoding="utf-8")
        else:
            sent = json.loads(sent_path.read_text(encoding="utf-8"))
            turn = bare_turn(server, sent, at_once)
        with path.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(turn))}\n")
        print(
            f"  {at_once} at once, {side}: {turn.rate:.1f} tokens/s ({turn.completion} tokens of "
            f"{turn.requests} requests in {turn.seconds:.1f} s, processor {turn.processor:.1f} s)",
            flush=True,
        )


def our_turn(server: Server, items: Sequence[BatchItem], at_once: int) -> tuple[Turn, Sent]:
    """Answer the questions in a batch, and return also the requests that were sent for each."""
    with tempfile.TemporaryDirectory(prefix="r1agent-turn-") as folder:
        runs, out = Path(folder, "runs"), Path(folder, "answers.jsonl")
        with load(server.base_url, server.key, server.model, runs, temperature=0.0) as assistant:
            asked = Recorded(assistant)
            asked.ask(WARMING.question)
            asked.sent.clear()
            with Watch(server, at_once, "ours") as watch:
                run_batch(ThreadPool(asked, workers=at_once), items, out, on_result=refuse_lost)
    sent = [[body.decode() for body in asked.sent[item.question]] for item in items]
    return watch.turn(sent), sent


def refuse_lost(result: BatchResult) -> None:
    """Raise what the server did wrong: half a batch is no batch. The model may fail as it likes."""
    if isinstance(result.error, ModelServerError):
        raise result.error


def bare_turn(server: Server, sent: Sent, at_once: int) -> Turn:
    """Send the requests again with nothing around them."""
    with Watch(server, at_once, "bare") as watch:
        asyncio.run(send_all(server.base_url, server.key, sent, at_once))
    return watch.turn(sent)


async def send_all(base_url: str, key: str | None, sent: Sent, at_once: int) -> None:
    """Send requests, of one question in their order, of so many questions at once."""
    headers = {"Content-Type": "application/json"} | _authorization(key)
    limits = httpx2.Limits(max_connections=at_once)
    client = httpx2.AsyncClient(headers=headers, timeout=_TIMEOUT, limits=limits, trust_env=False)
    waiting = iter(sent)
    async with client, asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(_send(client, f"{base_url}/chat/completions", waiting))


async def _send(client: httpx2.AsyncClient, url: str, waiting: Iterator[Sequence[str]]) -> None:
    for bodies in waiting:
        for body in bodies:
            reply = await client.post(url, content=body.encode())
            reply.raise_for_status()


class Watch:
    """Time a turn from an empty cache on, and count its tokens at the server."""

    def __init__(self, server: Server, at_once: int, side: str) -> None:
        self._server = server
        self._of = at_once, side

    def __enter__(self) -> Watch:
        """Begin."""
        empty_cache(self._server.base_url)
        self._before = counts(self._server.base_url)
        self._began = time.perf_counter(), time.process_time()
        return self

    def __exit__(self, *_: object) -> None:
        """Note what it took."""
        wall, processor = self._began
        self._took = time.perf_counter() - wall, time.process_time() - processor
        self._counted = counts(self._server.base_url) - self._before

    def turn(self, sent: Sent) -> Turn:
        """Return the turn, with how many requests it sent."""
        requests = sum(len(bodies) for bodies in sent)
        counted = self._counted
        return Turn(*self._of, counted.completion, counted.prompt, requests, *self._took)


def turns_in(kept: Path) -> list[Turn]:
    """Return the turns that were taken and kept."""
    return [Turn(**row) for path in sorted(kept.glob("turns-*.jsonl")) for row in read_lines(path)]


def _median(turns: Sequence[Turn], at_once: int, side: str) -> float:
    fitting = [turn for turn in turns if (turn.at_once, turn.side) == (at_once, side)]
    return statistics.median(turn.rate for turn in fitting)


def _authorization(key: str | None) -> dict[str, str]:
    return {"Authorization": f"Bearer {key}"} if key else {}
