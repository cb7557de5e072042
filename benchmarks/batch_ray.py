"""A batch over two Ray nodes on this machine beside threads of one process.

The same questions are answered in turns (threads, nodes, nodes, threads), as many at once on both
sides, by assistants that are loaded and were asked before. The model server writes the same to the
same prompt and takes a second for it, as a small model does. In one more turn the second node is
killed, with all that runs there, once half of the questions are answered. Answers count as the same
where text, outcome, quotes and pages are; how far threads agree with themselves stands beside it.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from batch_kills import SAID, Rows
from batch_memory import WORK
from batch_model import MODEL, scripted_model
from batch_questions import made_questions
from kept import code_digest, read_lines
from ray_nodes import TwoNodes
from results import ROOT, Figures
from serve_questions import index

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchItem, BatchResult, Pool, ThreadPool, run_batch
from r1agent.batch.ray_pool import RayPool
from r1agent.load import load_assistant
from r1agent.settings import Settings, load_settings

QUESTIONS = 200
AT_ONCE = 8
DELAY = 1.0
"""Seconds of each reply."""
Side = Literal["threads", "nodes", "killed"]
TURNS: tuple[Side, ...] = ("threads", "nodes", "nodes", "threads", "killed")
_WARMING = 2 * AT_ONCE
"""Questions that are asked before, and not timed."""
_UP_WITHIN = 300.0


@dataclass(frozen=True, slots=True)
class Turn:
    """What one side did in one turn."""

    side: Side
    seconds: float
    rows: Rows
    """The lines of the answers."""


def measure(*, limit: int | None = None) -> Figures:
    """Take the turns that are left, and compare them.

    Args:
        limit: Ask so many questions at most, in one turn of each side.
    """
    if limit is not None:
        items = made_questions(min(QUESTIONS, limit))
        with tempfile.TemporaryDirectory(prefix="r1agent-ray-") as passing:
            order: tuple[Side, ...] = ("threads", "nodes", "killed")
            return figures_of(take_turns(items, order, Path(passing)), items)
    folder = WORK / f"ray-{code_digest(ROOT)}"
    items = made_questions(QUESTIONS)
    figures = figures_of(take_turns(items, TURNS, folder), items)
    shutil.rmtree(folder)  # measured whole: the next one begins anew
    return figures


def figures_of(turns: Sequence[Turn], items: Sequence[BatchItem]) -> Figures:
    """Return how far the answers agree, the ratio of the times, and what a lost node cost."""
    threads, nodes = (
        [turn for turn in turns if turn.side == side] for side in ("threads", "nodes")
    )
    killed = next(turn for turn in turns if turn.side == "killed")
    right = threads[0].rows
    ours, theirs = (statistics.median(turn.seconds for turn in some) for some in (nodes, threads))
    counted = Counter(row["id"] for row in killed.rows)
    return {
        "ray_same_answers": round(min(same(turn.rows, right) for turn in nodes), 4),
        "ray_time_ratio": round(ours / theirs, 3),
        "ray_node_killed_lost": sum(item.id not in counted for item in items),
        "ray_node_killed_doubled": sum(count - 1 for count in counted.values()),
        "ray_node_killed_same_answers": round(same(killed.rows, right), 4),
        "ray_node_killed_s": round(killed.seconds, 1),
        "ray_s": round(ours, 1),
        "ray_threads_s": round(theirs, 1),
        "ray_threads_same_answers": round(min(same(one.rows, right) for one in threads), 4),
    }


def same(rows: Rows, right: Rows) -> float:
    """Return the share of the right rows that are there, word for word."""
    found = {row["id"]: _said(row) for row in rows}
    return sum(found.get(row["id"]) == _said(row) for row in right) / len(right)


def take_turns(items: Sequence[BatchItem], order: Sequence[Side], kept: Path) -> list[Turn]:
    """Take the turns that `kept` does not have yet, and return all."""
    kept.mkdir(parents=True, exist_ok=True)
    path = kept / "turns.jsonl"
    turns = [Turn(**row) for row in read_lines(path)]
    with scripted_model(delay=DELAY) as address:
        for side in order[len(turns) :]:
            with tempfile.TemporaryDirectory(prefix="r1agent-turn-") as place:
                taken = take_turn(side, address, items, Path(place))
            turns.append(taken)
            with path.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(asdict(taken))}\n")
            print(f"  {side}: {len(taken.rows)} answers in {taken.seconds:.1f} s", flush=True)
    return turns


def take_turn(side: Side, address: str, items: Sequence[BatchItem], place: Path) -> Turn:
    """Answer all questions once."""
    settings = load_settings(
        base_url=address,
        model=MODEL,
        index=index(),
        runs_dir=place / "runs",
        cache_requests=False,
        entailment="floors",
        temperature=0.0,
    )
    if side == "threads":
        with load_assistant(settings) as assistant:
            pool = ThreadPool(assistant, workers=AT_ONCE)
            list(pool.results(_warming()))
            return timed(side, pool, items, place)
    ready = place / "ready"
    ready.mkdir()
    with (
        TwoNodes() as nodes,
        RayPool(nodes.address, maker(settings, ready), workers=AT_ONCE) as ray,
    ):
        wait_for_nodes(ray, ready)
        half = len(items) // 2
        return timed(side, ray, items, place, _at(half, nodes.kill_second, side == "killed"))


def timed(
    side: Side,
    pool: Pool,
    items: Sequence[BatchItem],
    place: Path,
    on_result: Callable[[BatchResult], None] | None = None,
) -> Turn:
    """Answer the questions into a file, and return its lines and the time."""
    out = place / "answers.jsonl"
    began = time.monotonic()
    run_batch(pool, items, out, on_result=on_result)
    seconds = time.monotonic() - began
    rows = [{key: row.get(key) for key in ("id", *SAID)} for row in read_lines(out)]
    return Turn(side, seconds, rows)


def maker(settings: Settings, ready: Path) -> Callable[[], ResearchAssistant]:
    """Return what makes an assistant on a node, and leaves a file in `ready` when it has."""

    def make() -> ResearchAssistant:  # inside, so that Ray sends it whole
        assistant = load_assistant(settings)
        (ready / str(os.getpid())).touch()
        return assistant

    return make


def wait_for_nodes(pool: RayPool, ready: Path) -> None:
    """Ask until both nodes have an assistant, and then enough that both were asked.

    Raises:
        TimeoutError: One of them has none.
    """
    until = time.monotonic() + _UP_WITHIN
    while len(list(ready.iterdir())) < 2:
        if time.monotonic() > until:
            raise TimeoutError(f"Not both nodes were ready within {_UP_WITHIN:.0f} seconds.")
        list(pool.results(_warming()))
    list(pool.results(_warming()))


def _warming() -> Iterable[BatchItem]:
    return made_questions(QUESTIONS + _WARMING)[QUESTIONS:]


def _at(count: int, act: Callable[[], None], wanted: bool) -> Callable[[BatchResult], None] | None:
    """Return what acts once so many results have come."""
    if not wanted:
        return None
    seen = Counter[str]()

    def note(_: BatchResult) -> None:
        seen["results"] += 1
        if seen["results"] == count:
            act()
            print(f"  killed the second node after {count} answers", flush=True)

    return note


def _said(row: Any) -> dict[str, Any]:
    return {key: row.get(key) for key in SAID}
