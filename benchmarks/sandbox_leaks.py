"""Ten thousand runs, some in new sessions and some deadly: what stays behind after each."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from results import Figures

from r1agent_tools import Limits, LocalSandbox

RUNS = 10_000
DEADLY = (
    "import os; os._exit(3)",
    "import ctypes; ctypes.string_at(0)",
    "raise SystemExit(1)",
    "open('left', 'w').write('x' * 1000); import os; os.abort()",
)


@dataclass(frozen=True, slots=True)
class Held:
    """What this process holds, counted the same way before and after."""

    descriptors: int
    processes: int
    folders: int
    helper_descriptors: int

    def exceeds(self, other: Held) -> bool:
        """Tell whether any count is larger than it was in `other`."""
        return any(getattr(self, name) > getattr(other, name) for name in self.__slots__)


def measure(*, limit: int | None = None) -> Figures:
    """Count runs that leave nothing; a last count compares with before the sandbox was opened."""
    runs = limit or RUNS
    with tempfile.TemporaryDirectory(prefix="r1agent-bench-") as folder:
        tempfile.tempdir = folder  # work folders of other processes are not counted
        try:
            before = _held(folder)
            free = _count_free_runs(runs, folder)
            after = _held(folder)
        finally:
            tempfile.tempdir = None
    if after != before:
        print(f"  left after closing: {after}, before: {before}", flush=True)
    return {"runs_leakfree": free, "runs_total": runs, "left_after_closing": int(after != before)}


def _count_free_runs(runs: int, folder: str) -> int:
    free = 0
    with LocalSandbox(limits=Limits(memory_mb=256)) as sandbox:
        sandbox.run("1")
        settled = _held(folder)
        for number in range(runs):
            _run(sandbox, number)
            now = _held(folder)
            free += not now.exceeds(settled)
            if now.exceeds(settled) and number - free < 3:
                print(f"  run {number} left something: {now}, before: {settled}", flush=True)
    return free


def _run(sandbox: LocalSandbox, number: int) -> None:
    """Run in the sandbox's own session, each fifth time in a new one; each tenth run is deadly."""
    deadly = number % 10 == 9
    code = DEADLY[number // 10 % len(DEADLY)] if deadly else f"{number} + 1"
    if number % 5 == 3 or number % 20 == 19:
        session = sandbox.new_session()
        try:
            session.run(code)
        finally:
            session.close()
        return
    result = sandbox.run(code)
    if not deadly and result.value != str(number + 1):
        raise RuntimeError(f"Run {number} gave {result.value!r} and {result.exception!r}.")


def _held(folder: str) -> Held:
    processes = list(_descendants(os.getpid()))
    return Held(
        descriptors=len(os.listdir("/proc/self/fd")),  # noqa: PTH208 - a list of descriptors
        processes=len(processes),
        folders=len(os.listdir(folder)),  # noqa: PTH208 - counted 10,000 times
        helper_descriptors=_descriptors(processes[0]) if processes else 0,
    )


def _descendants(process_id: int) -> Iterator[int]:
    """Yield the processes that descend from this one, ended ones included."""
    for listing in Path(f"/proc/{process_id}/task").glob("*/children"):
        try:
            children = listing.read_text(encoding="ascii").split()
        except (FileNotFoundError, ProcessLookupError):
            continue
        for child in map(int, children):
            yield child
            yield from _descendants(child)


def _descriptors(process_id: int) -> int:
    """Return how many descriptors the helper holds; 0 where this user may not look."""
    try:
        return len(os.listdir(f"/proc/{process_id}/fd"))  # noqa: PTH208 - a list of descriptors
    except (PermissionError, FileNotFoundError):
        return 0
