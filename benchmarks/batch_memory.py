"""The memory of `r1agent batch` with few questions and with many, as its kernel counts it.

A model server in another process writes at once, so that thousands of questions take minutes. The
rest is as in use: search, embedding model, gate, a journal of each run, the request cache, and as
many questions at once as the command takes by itself. The figures are the most memory that the
process ever held (VmHWM), the sandbox's process and the model server not counted.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from batch_command import ANSWERS, require_end, start_batch
from batch_model import scripted_model
from batch_questions import made_questions
from kept import code_digest, read_lines
from results import ROOT, Figures

WORK = ROOT / "runs" / "bench-batch"
NUMBERS = (200, 5000)
EARLY = 200
"""Answers after which the memory of a longer batch is noted too."""
_LOOKING = 0.1
_TOLD = 500
_MIB = 1024


@dataclass(frozen=True, slots=True)
class Held:
    """Memory that one batch held, in MiB."""

    questions: int
    peak: float
    early: float
    """The most until `EARLY` questions were answered, or all where there are fewer."""
    last: float
    """When it was last looked at."""
    seconds: float


def measure(*, limit: int | None = None) -> Figures:
    """Answer few questions and then many, each in a process of its own.

    Args:
        limit: Ask so many, and then four times as many; nothing is kept.
    """
    if limit is not None:
        with tempfile.TemporaryDirectory(prefix="r1agent-memory-") as passing:
            return figures_of(hold_all((limit, 4 * limit), Path(passing, "held.jsonl")))
    kept = WORK / f"memory-{code_digest(ROOT)}.jsonl"
    figures = figures_of(hold_all(NUMBERS, kept))
    kept.unlink()  # measured whole: the next one begins anew
    return figures


def figures_of(batches: Sequence[Held]) -> Figures:
    """Return what each batch held, and the last as a share of the first."""
    figures: Figures = {}
    for one in batches:
        figures[f"rss_mb_{one.questions}"] = round(one.peak, 1)
    few, many = batches[0], batches[-1]
    return figures | {
        f"rss_mb_{many.questions}_at_{EARLY}": round(many.early, 1),
        f"rss_mb_{many.questions}_last": round(many.last, 1),
        "rss_growth": round(many.peak / few.peak, 3),
        "memory_questions_s": round(many.questions / many.seconds, 2),
    }


def hold_all(numbers: Sequence[int], kept: Path) -> list[Held]:
    """Run a batch of each number of questions; those that `kept` has are not run again."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    batches = [Held(**row) for row in read_lines(kept)]
    for number in numbers[len(batches) :]:
        with scripted_model() as address, tempfile.TemporaryDirectory() as place:
            batch = start_batch(address, made_questions(number), Path(place))
            try:
                batches.append(watch(batch, Path(place), number))
            finally:
                batch.kill()
                batch.wait()
        with kept.open("a", encoding="utf-8") as file:
            file.write(f"{json.dumps(asdict(batches[-1]))}\n")
        print(f"  {number} questions: {batches[-1]}", flush=True)
    return batches


def watch(batch: subprocess.Popen[bytes], place: Path, number: int) -> Held:
    """Look at a batch until it ends.

    Raises:
        RuntimeError: It did not end well, or not all questions were answered.
    """
    began = time.monotonic()
    peak = early = last = 0.0
    answers = _LineCount(place / ANSWERS)
    while batch.poll() is None:
        found = memory_of(batch.pid)
        done = answers.count()
        if found is not None:
            last, peak = found
            early = peak if done <= min(EARLY, number) else early
        time.sleep(_LOOKING)
    require_end(batch.returncode, place)
    if (answered := answers.count()) != number:
        raise RuntimeError(f"{answered} of {number} questions were answered.")
    return Held(number, peak, early, last, time.monotonic() - began)


def memory_of(pid: int) -> tuple[float, float] | None:
    """Return what a process holds and the most it ever held, in MiB; None: it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    except (FileNotFoundError, ProcessLookupError):
        return None
    found = dict(line.split(":", 1) for line in lines)
    if "VmHWM" not in found:
        return None
    now, most = (float(found[name].split()[0]) / _MIB for name in ("VmRSS", "VmHWM"))
    return now, most


class _LineCount:
    """Count the lines of a file that grows, reading each of them once."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = self._lines = self._told = 0

    def count(self) -> int:
        if not self._path.exists():
            return 0
        with self._path.open("rb") as file:
            file.seek(self._read)
            new = file.read()
        self._read += len(new)
        self._lines += new.count(b"\n")
        if self._lines >= self._told + _TOLD:
            self._told = self._lines
            print(f"  {self._lines} answered", flush=True)
        return self._lines
