"""Solutions that want to be judged as right without being so, and two honest ones."""

from __future__ import annotations

import json
from typing import Any

from results import Figures
from sandbox_hostile import HOSTILE, HostileMissingError

from r1agent_tools import Limits, LocalSandbox, check_unit_tests

WALL_SECONDS = 3.0
HONEST_CORRECT = "s00_HONEST_CORRECT"
HONEST_WRONG = "s00_honest_wrong"


def measure(*, limit: int | None = None) -> Figures:
    """Judge each solution by pairs, by `assert` lines and by a `TestCase`.

    A spoof is accepted when one of the three says that it is right. The honest correct solution is
    misjudged when one does not, the honest wrong one when one does.
    """
    path = HOSTILE / "spoofs.json"
    if not path.is_file():
        raise HostileMissingError(
            f"No {str(path)!r}. Put the shared folder beside the project, or measure other parts."
        )
    task = json.loads(path.read_text(encoding="utf-8"))
    spoofs = {name: text for name, text in task["solutions"].items() if not _honest(name)}
    names = list(spoofs)[:limit]
    accepted = 0
    with LocalSandbox(limits=Limits(wall_seconds=WALL_SECONDS)) as sandbox:
        for name in names:
            modes = _accepting(spoofs[name], task, sandbox)
            accepted += bool(modes)
            if modes:
                print(f"  accepted: {name} by {', '.join(modes)}", flush=True)
        misjudged = _misjudged(task, sandbox)
    return {
        "spoofs_total": len(names),
        "spoofs_accepted": accepted,
        "honest_misjudged": misjudged,
    }


def _honest(name: str) -> bool:
    return name in (HONEST_CORRECT, HONEST_WRONG)


def _misjudged(task: dict[str, Any], sandbox: LocalSandbox) -> int:
    correct = _accepting(task["solutions"][HONEST_CORRECT], task, sandbox)
    wrong = _accepting(task["solutions"][HONEST_WRONG], task, sandbox)
    if len(correct) < 3 or wrong:
        print(f"  the correct one passed {correct}, the wrong one {wrong}", flush=True)
    return (len(correct) < 3) + bool(wrong)


def _accepting(solution: str, task: dict[str, Any], sandbox: LocalSandbox) -> list[str]:
    """Return the modes that say every test passed."""
    cases = [(arguments, expected) for arguments, expected in task["cases"]]
    asserts = "\n".join(
        f"assert solve({', '.join(map(repr, arguments))}) == {expected!r}"
        for arguments, expected in cases
    )
    tests = {"cases": cases, "asserts": asserts, "unittest": task["tests"]}
    accepting = []
    for mode, given in tests.items():
        report = check_unit_tests(solution, given, sandbox=sandbox, function="solve")
        if 0 < report.total == report.passed:
            accepting.append(mode)
    return accepting
