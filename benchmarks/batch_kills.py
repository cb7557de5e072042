"""`r1agent batch` killed at random moments and called again: what is lost, what comes twice.

First a batch that nobody disturbs tells how long its answers take and what each line is to say: the
model server writes the same to the same prompt. Then, in series of as many questions, the command
is killed with SIGKILL and called again with the same files, as a user would, until it ends by
itself. The moments are random, counted in turns from the first question and from the first answer
of a call: before its first question there is nothing to lose, and before its first answer it is
loading models for seconds. In the end each question must have one line, and that line must say what
it said before.
"""

from __future__ import annotations

import json
import random
import shutil
import signal
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from batch_command import answers_in, require_end, start_batch
from batch_memory import WORK
from batch_model import scripted_model
from batch_questions import made_questions
from kept import code_digest, read_lines
from results import ROOT, Figures

from r1agent.batch import BatchItem

KILLS = 50
QUESTIONS = 100
SEED = 11
DELAY = 0.2
"""Seconds of each reply, so that a kill finds questions in the middle."""
SAID = ("question", "answer", "outcome", "citations", "abstained", "code")
"""What a line says that is the same whenever it is written."""
_LONGEST = 1800.0
_LOOKING = 0.05
_EARLY = 0.5
"""Share of the usual time in which the moments lie; a call that goes on has less left to do."""

Rows = Sequence[Mapping[str, Any]]


@dataclass(slots=True)
class Series:
    """What came of one set of questions."""

    kills: int = 0
    between: int = 0
    """Kills that found some questions answered, others not."""
    calls: int = 0
    asked: int = 0
    lost: int = 0
    doubled: int = 0
    changed: int = 0
    """Lines that say something else than those of the batch that nobody disturbed."""


def measure(*, limit: int | None = None) -> Figures:
    """Kill the command until it was killed often enough, and count.

    Args:
        limit: Kill it only so often, with four times as many questions at most.
    """
    if limit is not None:
        items = made_questions(min(QUESTIONS, 4 * limit))
        with tempfile.TemporaryDirectory(prefix="r1agent-batch-kills-") as passing:
            return figures_of(run_all(items, limit, Path(passing)))
    folder = WORK / f"kills-{code_digest(ROOT)}"
    figures = figures_of(run_all(made_questions(QUESTIONS), KILLS, folder))
    shutil.rmtree(folder)  # measured whole: the next one begins anew
    return figures


def figures_of(series: Sequence[Series]) -> Figures:
    """Return the sums over all series."""
    return {
        "kills": sum(one.kills for one in series),
        "answers_lost": sum(one.lost for one in series),
        "answers_doubled": sum(one.doubled for one in series),
        "answers_changed": sum(one.changed for one in series),
        "kills_between": sum(one.between for one in series),
        "kills_questions": sum(one.asked for one in series),
        "kills_calls": sum(one.calls for one in series),
    }


def run_all(items: Sequence[BatchItem], wanted: int, folder: Path) -> list[Series]:
    """Run series until the command was killed `wanted` times; those that `folder` has count."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = folder / "series.jsonl"
    series = [Series(**row) for row in read_lines(kept)]
    if sum(one.kills for one in series) >= wanted:
        return series
    with scripted_model(delay=DELAY) as address:
        usual, right = undisturbed(address, items)
        print(
            f"  nobody disturbs: {len(items)} questions, {usual:.1f} s from the first answer on",
            flush=True,
        )
        while (left := wanted - sum(one.kills for one in series)) > 0:
            chance = random.Random(SEED + len(series))  # noqa: S311
            with tempfile.TemporaryDirectory(prefix="r1agent-batch-") as place:
                one = run_series(address, items, Path(place), chance, left, usual)
                judge(items, answers_in(Path(place)), right, one)
            series.append(one)
            with kept.open("a", encoding="utf-8") as file:
                file.write(f"{json.dumps(asdict(one))}\n")
            print(f"  {wanted - left + one.kills} of {wanted} kills: {_told(one)}", flush=True)
    return series


def undisturbed(address: str, items: Sequence[BatchItem]) -> tuple[float, Rows]:
    """Return the seconds that a batch takes from its first answer on, and its lines."""
    with tempfile.TemporaryDirectory(prefix="r1agent-batch-") as place:
        batch = start_batch(address, items, Path(place))
        try:
            wait_for(batch, lambda: bool(answers_in(Path(place))))
            began = time.monotonic()
            require_end(batch.wait(_LONGEST), Path(place))
        finally:
            batch.kill()
            batch.wait()
        return time.monotonic() - began, answers_in(Path(place))


def run_series(
    address: str,
    items: Sequence[BatchItem],
    place: Path,
    chance: random.Random,
    left: int,
    usual: float,
) -> Series:
    """Answer all questions while the command is killed at most `left` times.

    Args:
        address: Of the model server.
        items: What is asked.
        place: An empty folder.
        chance: Draws the moments.
        left: Kills at most.
        usual: Seconds from the first answer to the last where nobody disturbs.

    Raises:
        RuntimeError: A call that was left alone did not end well.
    """
    series = Series(asked=len(items))
    while True:
        series.calls += 1
        count = (runs_in, lines_in)[series.kills % 2]
        before = count(place)
        batch = start_batch(address, items, place)
        try:
            wait_for(batch, lambda: count(place) > before)  # noqa: B023 - called here only
            with suppress(subprocess.TimeoutExpired):
                in_time = series.kills < left
                batch.wait(chance.uniform(0, _EARLY * usual) if in_time else _LONGEST)
        finally:
            batch.kill()
            code = batch.wait()
        if code != -signal.SIGKILL:
            require_end(code, place)
            return series
        series.kills += 1
        series.between += 0 < lines_in(place) < len(items)


def wait_for(batch: subprocess.Popen[bytes], sign: Callable[[], bool]) -> None:
    """Wait until there is a sign, or a batch has ended."""
    while not sign() and batch.poll() is None:
        time.sleep(_LOOKING)


def runs_in(place: Path) -> int:
    """Return how many runs have a journal."""
    return len(list((place / "runs").glob("*.jsonl")))


def lines_in(place: Path) -> int:
    """Return how many questions have an answer."""
    return len(answers_in(place))


def judge(items: Sequence[BatchItem], answers: Rows, right: Rows, series: Series) -> None:
    """Note which questions have no line, more than one, or a line that says something else.

    Args:
        items: What was asked.
        answers: The lines of the batch that was killed.
        right: Those of the one that nobody disturbed.
        series: Takes the notes.
    """
    counted = Counter(row["id"] for row in answers)
    said = {row["id"]: _said(row) for row in right}
    changed = [row for row in answers if _said(row) != said.get(row["id"])]
    series.lost = sum(item.id not in counted for item in items)
    series.doubled = sum(count - 1 for count in counted.values())
    series.changed = len(changed)
    for row in changed:
        print(f"  changed: {_said(row)} was {said.get(row['id'])}", flush=True)


def _said(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: row.get(key) for key in SAID}


def _told(series: Series) -> str:
    return (
        f"{series.calls} calls, {series.between} kills in the middle, {series.lost} lost, "
        f"{series.doubled} doubled, {series.changed} changed"
    )
