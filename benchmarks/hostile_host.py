"""The host of one hostile program: it uses the product as an agent would, and reports.

The job comes as JSON on standard input; the report goes as JSON to standard output. With the mode
`control` there is no product: programs are plain subprocesses of this user, under a time limit.
"""

from __future__ import annotations

import ast
import json
import os
import sys
import time
from pathlib import Path
from typing import Any, Protocol

from hostile_control import PlainSubprocesses

PRELUDE = """\
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
T = {targets!r}
def esc(*a): print('ESC' + 'APED', *a, flush=True)
"""
SENT_CHARACTERS = 1_000_000


class Runner(Protocol):
    """The few calls of a sandbox that the host needs."""

    def run(self, code: str) -> Any:
        """Run a cell of the sandbox's own session."""

    def new_session(self) -> Any:
        """Start another session."""


def main() -> int:
    """Run the job on standard input."""
    job = json.load(sys.stdin)
    with _open(job) as sandbox:
        report = attack(sandbox, job)
    print(json.dumps(report))
    return 0


def attack(sandbox: Runner, job: dict[str, Any]) -> dict[str, Any]:
    """Run the program beside another live session and return what the host saw."""
    spec, targets, canary = job["spec"], job["targets"], job["canary"]
    other = sandbox.new_session()
    secret = f"open('other_secret.txt', 'w').write({canary!r})"
    targets["other_cwd"] = ast.literal_eval(
        other.run(f"import os\n{secret}\nos.getcwd()").value or "None"
    )
    program = PRELUDE.format(targets=targets) + job["code"]
    started = time.monotonic()
    result = sandbox.run(program)
    seconds = time.monotonic() - started
    idle = _idle_ticks() if spec.get("idlecpu") else 0
    outputs = [_text(result), *_artifacts(result, spec.get("fetch"))]
    second = _text(sandbox.run(spec["second"])) if "second" in spec else ""
    if "newsession" in spec:
        session = sandbox.new_session()
        outputs.append(_text(session.run(spec["newsession"])))
        session.close()
    intact = "print(6 * 7, open('other_secret.txt').read())"
    sound = {
        "the next cell": "42" in sandbox.run("print(6 * 7)").stdout,
        "another session": f"42 {canary}" in other.run(intact).stdout,
    }
    other.close()
    return {
        "outputs": [text[:SENT_CHARACTERS] for text in [*outputs, second]],
        "second": second,
        "characters": len(result.stdout) + len(result.stderr),
        "seconds": seconds,
        "idle_ticks": idle,
        "replaced": result.session_ended
        and "OSError" not in _text(result)
        and "PermissionError" not in _text(result),
        "sound": sound,
        "namespaces": result.isolation.get("namespaces", "none") != "none",
    }


def _open(job: dict[str, Any]) -> Any:
    if job["mode"] == "control":
        return PlainSubprocesses(wall=job["wall"])
    from r1agent_tools import Limits, LocalSandbox

    settings: dict[str, Any] = {"namespaces": False} if job["mode"] == "no_namespaces" else {}
    return LocalSandbox(
        limits=Limits(wall_seconds=job["wall"]),
        extra_readable=[job["targets"]["writable_lib"]],
        **settings,
    )


def _text(result: Any) -> str:
    return "\n".join(
        str(part)
        for part in (
            result.stdout,
            result.stderr,
            result.value or "",
            result.exception or "",
        )
    )


def _artifacts(result: Any, wanted: str | None) -> list[str]:
    """Return the files that came back with the result; `wanted` is what the program planted."""
    if wanted is None:
        return []
    return [f"{one.name} {one.data.decode(errors='replace')}" for one in result.artifacts]


def _idle_ticks() -> int:
    """Return the CPU ticks that all other processes used in a second without a call."""
    before = _ticks()
    time.sleep(1)
    return _ticks() - before


def _ticks() -> int:
    total = 0
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and int(entry.name) != os.getpid():
            try:
                fields = (entry / "stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            except OSError:
                continue
            total += int(fields[11]) + int(fields[12])
    return total


if __name__ == "__main__":
    sys.exit(main())
