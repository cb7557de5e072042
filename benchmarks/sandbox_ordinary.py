"""What researchers' programs do every day must work inside: `ordinary.toml` holds thirty."""

from __future__ import annotations

import tomllib
from typing import Any

from results import HERE, Figures

from r1agent_tools import LocalSandbox

PROGRAMS = HERE / "ordinary.toml"


def measure(*, limit: int | None = None) -> Figures:
    """Run each program in a session of its own and compare what it prints."""
    programs = tomllib.loads(PROGRAMS.read_text(encoding="utf-8"))["program"][:limit]
    with LocalSandbox() as sandbox:
        passed = sum(_works(program, sandbox) for program in programs)
    return {"ordinary_total": len(programs), "ordinary_passed": passed}


def _works(program: dict[str, Any], sandbox: LocalSandbox) -> bool:
    session = sandbox.new_session()
    try:
        result = session.run(program["code"])
    finally:
        session.close()
    given = {one.name for one in result.artifacts}
    missing = {program["artifact"]} - given if "artifact" in program else set()
    if result.stdout.strip() == program["says"].strip() and not missing:
        return True
    print(
        f"  {program['name']}: printed {result.stdout!r}, wanted {program['says']!r}; "
        f"{result.exception or ''} {f'no file {missing}' if missing else ''}",
        flush=True,
    )
    return False
