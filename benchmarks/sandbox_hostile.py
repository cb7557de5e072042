"""Programs that want out: each in a cage of its own, under four hosts.

`root` and `user` use the product as it comes, `no_namespaces` as that user with
`LocalSandbox(namespaces=False)`, and `control` is a plain subprocess of that user, for comparison.
What counts as an escape is in `../shared/hostile/README.md`; `hostile_referee.py` looks for it.
The control never runs as root, is bounded in memory, files and processes, and sees no process
outside its cage, so that all programs can be run with it.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from results import HERE, ROOT, Figures

HOSTILE = ROOT.parent / "shared" / "hostile"
USER = 1500
WALL_SECONDS = 5.0
MODES = {"root": 0, "user": USER, "no_namespaces": USER, "control": USER}
DETAILS = ROOT / "runs" / "bench-sandbox" / "hostile.jsonl"


class HostileMissingError(Exception):
    """The programs, or what is needed to run them, are not on this machine."""


@dataclass(frozen=True, slots=True)
class Program:
    """One program and what the host must do beside running it."""

    name: str
    code: str
    spec: dict[str, Any]

    @property
    def wall(self) -> float:
        """Return the seconds it may run."""
        return float(self.spec.get("wall", WALL_SECONDS))


def measure(*, limit: int | None = None) -> Figures:
    """Run every program in every mode; every escape is printed and kept in `hostile.jsonl`.

    Args:
        limit: Run about so many, spread over all kinds.
    """
    _require_machine()
    programs = read_programs(limit)
    kept = DETAILS if limit is None else DETAILS.with_name("hostile-some.jsonl")
    kept.parent.mkdir(parents=True, exist_ok=True)
    figures: Figures = {"hostile_total": len(programs)}
    with kept.open("w", encoding="utf-8") as details:
        for mode in MODES:
            verdicts = list(_run_all(mode, programs))
            for verdict in verdicts:
                details.write(json.dumps(verdict) + "\n")
            escaped = [verdict for verdict in verdicts if verdict["reasons"]]
            figures[f"hostile_escaped_{mode}"] = len(escaped)
            if mode != "control":
                inside = sum(verdict["namespaces"] for verdict in verdicts)
                figures[f"hostile_in_namespaces_{mode}"] = inside
            print(f"  {mode}: {len(escaped)} of {len(verdicts)} escaped", flush=True)
    return figures


def read_programs(limit: int | None = None) -> list[Program]:
    """Read the programs in the order of their names.

    Raises:
        HostileMissingError: There are none.
    """
    paths = sorted(HOSTILE.glob("[a-g][0-9]*.py"))
    if not paths:
        raise HostileMissingError(
            f"No hostile programs in {str(HOSTILE)!r}. Put the shared folder beside the project, "
            "or measure the other parts with PARTS=…"
        )
    programs = [_read(path) for path in paths]
    return programs[:: max(1, len(programs) // limit)] if limit else programs


def _read(path: Path) -> Program:
    code = path.read_text(encoding="utf-8")
    mark = "# HOSTILE "
    return Program(path.stem, code, json.loads(code.splitlines()[0].removeprefix(mark)))


def _require_machine() -> None:
    missing = [tool for tool in ("unshare", "mount") if shutil.which(tool) is None]
    if os.geteuid() == 0 and not missing:
        return
    found = f"no {missing[0]!r}" if missing else f"user {os.geteuid()}"
    raise HostileMissingError(
        f"Found {found}; hostile programs are run as root and as user {USER}, each in a mount "
        "namespace of its own. Run this part as root on a machine with util-linux."
    )


def _run_all(mode: str, programs: list[Program]) -> Iterator[dict[str, Any]]:
    for program in programs:
        verdict = run_one(mode, program)
        reasons = verdict["reasons"]
        if reasons and mode != "control":
            print(f"  {mode}: {program.name} escaped: {'; '.join(reasons)[:300]}", flush=True)
        yield {"mode": mode, "program": program.name, **verdict}


def run_one(mode: str, program: Program) -> dict[str, Any]:
    """Run one program in a fresh cage.

    Returns:
        `reasons` why it counts as escaped (none: it stayed), its `output`, and whether
        `namespaces` were active.
    """
    user = MODES[mode]
    keep = {sys.base_prefix, sys.prefix, str(ROOT)}
    job = {
        "mode": mode,
        "user": user,
        "keep": sorted(path for path in keep if not _inside_another(path, keep)),
        "code": program.code,
        "spec": program.spec,
        "wall": program.wall,
    }
    cage = ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc"]
    command = [*cage, sys.executable, "-B", str(HERE / "hostile_referee.py")]
    try:
        done = subprocess.run(  # noqa: S603 - our own script
            command,
            input=json.dumps(job),
            capture_output=True,
            text=True,
            check=False,
            timeout=150 + 3 * program.wall,
        )
    except subprocess.TimeoutExpired:
        return _no_verdict("the cage hung")
    if done.returncode:
        last = done.stderr.strip()[-600:]
        return _no_verdict(f"the cage ended with status {done.returncode}: {last}")
    return dict(json.loads(done.stdout))


def _no_verdict(reason: str) -> dict[str, Any]:
    """Count a program that broke its cage as one that got out."""
    return {"reasons": [reason], "output": "", "namespaces": False}


def _inside_another(path: str, paths: set[str]) -> bool:
    return any(other in map(str, Path(path).parents) for other in paths)
