"""A server killed at random moments of a batch and started again: what is lost, what comes twice.

In each series `r1agent batch` answers some questions, four at once, while one process of vLLM's
three is killed with SIGKILL at a random moment of a run and the server is started again. A batch
that gives up for want of a server is called again with the same file, as a user would, until all
questions are answered. Then every run that was cut off is resumed from its journal and must come
to its end too. Lost is a run that cannot go on, or a question of which no run came to its end;
doubled is a question with two answers in the file. That the small model may end a run without an
answer of use is counted, and no loss.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence, Set
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kept import code_digest, read_lines
from results import ROOT, Figures
from serve_questions import WORK, index, load, questions
from served import Killable

from r1agent.batch import BatchItem
from r1agent.errors import ModelOutputError, R1AgentError
from r1agent.journal import list_runs, read_journal

MODEL = "smollm2-135m"
"""It need not answer well, and is soon there again."""
KILLS = 10
QUESTIONS = 12
KINDS = ("lookup", "synthesis", "contradiction", "unanswerable")
"""Of questions that even a small model brings to an end."""
AT_ONCE = 4
SEED = 5
_IN_VAIN = 2
"""Calls of the batch without a kill and without a new answer, past which it is not called again."""
_LONGEST = 1800.0
_LOOKING = 0.2


@dataclass(slots=True)
class Series:
    """What came of one set of questions."""

    kills: int = 0
    calls: int = 0
    """How often the batch was called."""
    seconds: float = 0.0
    asked: int = 0
    cut_off: int = 0
    """Runs that the kills stopped."""
    resumed: int = 0
    """Of these, the ones that then came to their end."""
    doubled: int = 0
    unanswered: int = 0
    """Questions that the model could not answer, though a run came to its end."""
    lost: list[str] = field(default_factory=list)


def measure(*, limit: int | None = None, model: str = MODEL) -> Figures:
    """Kill the server until it was killed often enough, and count.

    Args:
        limit: Kill it only so often.
        model: The name under which `.ci/setup-vllm` keeps the weights.
    """
    wanted = limit or KILLS
    if limit is not None:
        with tempfile.TemporaryDirectory(prefix="r1agent-kills-") as passing:
            return figures_of(run_all(wanted, model, Path(passing)))
    folder = WORK / f"kills-{model}-{code_digest(ROOT)}"
    figures = figures_of(run_all(wanted, model, folder))
    shutil.rmtree(folder)  # measured whole: the next one begins anew
    return figures


def figures_of(series: Sequence[Series]) -> Figures:
    """Return the sums over all series."""
    return {
        "server_kills": sum(one.kills for one in series),
        "runs_lost": sum(len(one.lost) for one in series),
        "answers_doubled": sum(one.doubled for one in series),
        "kills_unanswered": sum(one.unanswered for one in series),
        "kills_runs_cut_off": sum(one.cut_off for one in series),
        "kills_runs_resumed": sum(one.resumed for one in series),
        "kills_questions": sum(one.asked for one in series),
        "kills_batch_calls": sum(one.calls for one in series),
    }


def run_all(wanted: int, model: str, folder: Path) -> list[Series]:
    """Run series until the server was killed `wanted` times; those that `folder` has count."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "series.jsonl"
    series = [Series(**row) for row in read_lines(kept)]
    if sum(one.kills for one in series) >= wanted:
        return series
    with Killable(model, WORK / "kills.log") as server:
        while (left := wanted - sum(one.kills for one in series)) > 0:
            with tempfile.TemporaryDirectory(prefix="r1agent-series-") as place:
                chance = random.Random(SEED + len(series))  # noqa: S311
                usual = series[0].seconds if series else None
                one = run_series(server, Path(place), chance, left, usual)
            series.append(one)
            with kept.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(asdict(one))}\n")
            print(f"  {_told(one)}; {wanted - left + one.kills} of {wanted} kills", flush=True)
    return series


def run_series(
    server: Killable, place: Path, chance: random.Random, left: int, usual: float | None
) -> Series:
    """Answer all questions while the server is killed at most `left` times.

    Args:
        server: It runs, and does so in the end.
        place: An empty folder.
        chance: Draws the moments.
        left: Kills at most.
        usual: Seconds that a batch takes that nobody disturbs; None: this one is to tell.
    """
    items = questions(KINDS)[:QUESTIONS]
    series = Series(asked=len(items))
    out = place / "answers.jsonl"
    began, in_vain = time.monotonic(), 0
    while in_vain < _IN_VAIN and (unanswered := missing(items, read_lines(out))):
        before = series.kills, len(unanswered)
        series.calls += 1
        runs = place / f"runs-{series.calls}"
        batch = start_batch(server, items, out, runs)
        try:
            if usual is not None:
                series.kills += disturb(batch, server, runs, chance, left - series.kills, usual)
            batch.wait(_LONGEST)
        finally:
            batch.kill()
        after = series.kills, len(missing(items, read_lines(out)))
        in_vain = in_vain + 1 if after == before else 0
    series.seconds = time.monotonic() - began
    folders = sorted(place.glob("runs-*"))
    ended = resume_all(server, folders, series) | ended_questions(folders)
    judge(items, read_lines(out), ended, series)
    return series


def judge(
    items: Sequence[BatchItem],
    answers: Sequence[Mapping[str, Any]],
    ended: Set[str],
    series: Series,
) -> None:
    """Note which questions were lost, and which answers came twice.

    Args:
        items: What was asked.
        answers: The lines of the batch's file.
        ended: Questions of which a run came to its end.
        series: Takes the notes.
    """
    series.doubled = doubled(answers)
    unanswered = set(missing(items, answers))
    lost = [one.id for one in items if one.id in unanswered and one.question not in ended]
    series.unanswered = len(unanswered) - len(lost)
    series.lost += [f"question {name}" for name in lost]
    for text in series.lost:
        print(f"  lost: {text}", flush=True)


def disturb(
    batch: subprocess.Popen[bytes],
    server: Killable,
    runs: Path,
    chance: random.Random,
    left: int,
    usual: float,
) -> int:
    """Kill the server and start it again while a batch has runs in progress; return how often."""
    kills = 0
    while kills < left and _has_begun(batch, runs) and not _ended(batch, chance.uniform(0, usual)):
        stopped = len(cut_off(runs))
        if not stopped:
            continue
        name = server.kill(chance)
        kills += 1
        print(f"  killed {name} in the middle of {stopped} runs", flush=True)
        server.restart()
    return kills


def start_batch(
    server: Killable, items: Iterable[BatchItem], out: Path, runs: Path
) -> subprocess.Popen[bytes]:
    """Start `r1agent batch` as a user would."""
    asked = out.with_name("questions.jsonl")
    rows = ({"id": one.id, "question": one.question, "tests": one.tests} for one in items)
    asked.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")
    options = {
        "--out": out,
        "--workers": AT_ONCE,
        "--index": index(),
        "--base-url": server.base_url,
        "--model": server.model,
        "--runs-dir": runs,
    }
    flat = [str(part) for pair in options.items() for part in pair]
    own = {
        "R1AGENT_API_KEY": server.key,
        "R1AGENT_CACHE_REQUESTS": "false",
        "R1AGENT_ENTAILMENT": "floors",
    }
    with out.with_name("batch.log").open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-m", "r1agent", "batch", str(asked), *flat, "--retry-failed"],
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )


def missing(items: Sequence[BatchItem], answers: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return the ids of the questions without an answer."""
    answered = {row["id"] for row in answers}
    return [item.id for item in items if item.id not in answered]


def doubled(answers: Iterable[Mapping[str, Any]]) -> int:
    """Return how many answers are there beside the first one to their question."""
    return sum(count - 1 for count in Counter(row["id"] for row in answers).values())


def cut_off(runs: Path) -> list[str]:
    """Return the runs of a folder that have begun and not ended."""
    found = []
    for path in list_runs(runs):
        events = read_journal(path)
        if events and events[-1].name != "answered":
            found.append(path.stem)
    return found


def ended_questions(folders: Iterable[Path]) -> set[str]:
    """Return the questions of the runs that came to their end."""
    journals = [read_journal(path) for folder in folders for path in list_runs(folder)]
    return {
        str(events[0].data["question"])
        for events in journals
        if events and events[-1].name == "answered"
    }


def resume_all(server: Killable, folders: Iterable[Path], series: Series) -> set[str]:
    """Resume every run that was cut off; one that cannot go on is lost.

    Returns the questions of those which the model could not bring to an answer.
    """
    left = [(folder, run) for folder in folders for run in cut_off(folder)]
    series.cut_off = len(left)
    given_up: set[str] = set()
    if not left:
        return given_up
    with load(server.base_url, server.key, server.model, left[0][0]) as assistant:
        for folder, run in left:
            assistant.runs_dir = folder
            try:
                assistant.resume(run)
            except ModelOutputError:
                given_up.add(str(read_journal(folder / f"{run}.jsonl")[0].data["question"]))
            except R1AgentError as error:
                series.lost.append(f"run {run}: {error}")
                continue
            series.resumed += 1
    return given_up


def _has_begun(batch: subprocess.Popen[bytes], runs: Path) -> bool:
    """Wait until a run of the batch is in progress; False: the batch ended before."""
    while batch.poll() is None:
        if cut_off(runs):
            return True
        time.sleep(_LOOKING)
    return False


def _ended(batch: subprocess.Popen[bytes], seconds: float) -> bool:
    """Wait so long, and tell whether the batch ended meanwhile."""
    with suppress(subprocess.TimeoutExpired):
        batch.wait(seconds)
    return batch.poll() is not None


def _told(series: Series) -> str:
    return (
        f"{series.asked} questions, {series.calls} calls, {series.kills} kills, "
        f"{series.cut_off} runs cut off, {series.resumed} resumed, {len(series.lost)} lost, "
        f"{series.doubled} doubled"
    )
