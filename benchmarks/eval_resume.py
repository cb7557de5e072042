"""`r1agent eval` killed at random moments and called again: does it end in the same table?

First nobody disturbs it, twice, in two folders: at temperature 0 both must come to the same. Then,
in a third, the command is killed with SIGKILL and called again, as a user would, until it ends by
itself. Problems are put one at a time to a server without a prefix cache: what else is in a batch
or comes from a cache changes the last bits of a model's numbers, and so its words at times.
"""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from eval_problems import GSM8K, WORK
from results import Figures
from served import Server, vllm

MODEL = "smollm2-135m"
PROBLEMS = 10
KILLS = 5
SEED = 5
_AFTER = 100
"""Problems before those that are put here: no figure is made of them."""
_MOST_ANSWERS = 3
_MOST_SECONDS = 2.0
_LONGEST = 1800.0
_LOOKING = 0.05
_TABLE = "table.json"
_LOG = "eval.log"

Table = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Killed:
    """What came of the command that was killed."""

    table: Table
    kills: int
    between: int
    """Kills that found some problems answered, others not."""


def measure(
    *, limit: int | None = None, base_url: str | None = None, model: str | None = None
) -> Figures:
    """Compare the tables of two evaluations that nobody disturbed with that of a killed one.

    Args:
        limit: Put only so many problems.
        base_url: A running server that says the same twice; None starts vLLM.
        model: Its name.
    """
    WORK.mkdir(parents=True, exist_ok=True)
    problems = min(limit or PROBLEMS, PROBLEMS)
    with (
        _serving(base_url, model or MODEL) as server,
        tempfile.TemporaryDirectory(prefix="r1agent-eval-") as folder,
    ):
        places = [Path(folder) / name for name in ("first", "second", "killed")]
        for place in places:
            place.mkdir()
            write_problems(place, problems)
        began = time.monotonic()
        first = undisturbed(server, places[0])
        seconds = time.monotonic() - began
        second = undisturbed(server, places[1])
        killed = killed_and_resumed(server, places[2], random.Random(SEED))  # noqa: S311
    for line in (*differences(first, second), *differences(first, killed.table)):
        print(f"  differs: {line}", flush=True)
    return {
        "resume_same": int(first == second == killed.table),
        "resume_same_undisturbed": int(first == second),
        "resume_same_killed": int(first == killed.table),
        "resume_kills": killed.kills,
        "resume_kills_between": killed.between,
        "resume_problems": problems,
        "resume_undisturbed_s": round(seconds, 1),
    }


def write_problems(place: Path, count: int) -> None:
    """Write the problems that are put."""
    with GSM8K.open(encoding="utf-8") as lines:
        some = "".join(islice(lines, _AFTER, _AFTER + count))
    (place / "problems.jsonl").write_text(some, encoding="utf-8")


def undisturbed(server: Server, place: Path) -> Table:
    """Return the table of an evaluation that is left alone."""
    require_end(start(server, place).wait(_LONGEST), place)
    return table_in(place)


def killed_and_resumed(server: Server, place: Path, chance: random.Random) -> Killed:
    """Kill the command at random moments and call it again, until it ends by itself."""
    kills = between = 0
    while kills < KILLS:
        running = start(server, place)
        if not _comes_to(kept_in(place) + chance.randint(0, _MOST_ANSWERS), running, place):
            break
        time.sleep(chance.uniform(0, _MOST_SECONDS))
        if running.poll() is not None:
            break
        running.send_signal(signal.SIGKILL)
        running.wait()
        kills += 1
        between += int(kept_in(place) > 0)
        print(f"  kill {kills} of {KILLS}: {kept_in(place)} outputs are kept", flush=True)
    return Killed(undisturbed(server, place), kills, between)


def start(server: Server, place: Path) -> subprocess.Popen[bytes]:
    """Start the command in `place`, which an earlier call may have left half done."""
    options = {
        "--base-url": server.base_url,
        "--model": server.model,
        "--temperature": "0",
        "--workers": "1",
        "--out": _TABLE,
    }
    flat = [part for pair in options.items() for part in pair]
    own = {"R1AGENT_API_KEY": server.key or "none"}
    with (place / _LOG).open("ab") as log:
        return subprocess.Popen(  # noqa: S603 - a fixed command
            [sys.executable, "-m", "r1agent", "eval", "math", "problems.jsonl", "--quiet", *flat],
            cwd=place,
            env=os.environ | own,
            stdout=log,
            stderr=log,
        )


def kept_in(place: Path) -> int:
    """Count the outputs that are kept, of all systems."""
    files = (place / f".{_TABLE}.work").glob("*.jsonl")
    return sum(max(0, file.read_bytes().count(b"\n") - 1) for file in files)


def table_in(place: Path) -> Table:
    """Return what a report holds besides times: every figure, every row, every token."""
    report = json.loads((place / _TABLE).read_text(encoding="utf-8"))
    return {
        "systems": [
            {
                "name": [system["system"], system["model"]],
                "figures": system["figures"],
                "differences": system["differences"],
                "rows": [_row(row) for row in system["rows"]],
            }
            for system in report["systems"]
        ],
        "details": report["details"],
        "notes": report["notes"],
    }


def differences(one: Table, other: Table) -> Iterator[str]:
    """Yield what two tables say otherwise, answer by answer."""
    for system, changed in zip(one["systems"], other["systems"], strict=True):
        for row, again in zip(system["rows"], changed["rows"], strict=True):
            if row != again:
                yield f"{system['name'][0]}: {row} / {again}"
    for name in ("details", "notes"):
        if one[name] != other[name]:
            yield f"{name}: {one[name]} / {other[name]}"


def require_end(code: int, place: Path) -> None:
    """Raise what the command said where it ended as it should not.

    Raises:
        RuntimeError: Its exit code is not 0.
    """
    if code:
        said = (place / _LOG).read_text(encoding="utf-8", errors="replace")
        raise RuntimeError(f"`r1agent eval` ended with {code} and said:\n{said[-2000:]}")


def _row(row: Mapping[str, Any]) -> dict[str, Any]:
    tokens = {name: row["usage"].get(name, 0) for name in ("prompt_tokens", "completion_tokens")}
    return {name: row[name] for name in ("example", "outcome", "measures", "time")} | tokens


def _comes_to(outputs: int, running: subprocess.Popen[bytes], place: Path) -> bool:
    """Wait until so many outputs are kept; False where the command ends before."""
    until = time.monotonic() + _LONGEST
    while kept_in(place) < outputs:
        if running.poll() is not None:
            return False
        if time.monotonic() > until:
            running.kill()
            raise TimeoutError(f"No output came in {_LONGEST:.0f} s; see {place / _LOG}.")
        time.sleep(_LOOKING)
    return True


@contextmanager
def _serving(base_url: str | None, model: str) -> Iterator[Server]:
    if base_url is not None:
        yield Server(base_url.rstrip("/"), model, os.environ.get("R1AGENT_API_KEY"))
        return
    log = WORK / "resume-vllm.log"
    with vllm(model, log, extra=("--no-enable-prefix-caching",)) as started:
        yield Server(started.base_url, model, started.api_key)
