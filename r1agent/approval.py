"""A plan in the hands of the user: accepted, edited, or turned down before anything is done."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from typing import Any

from r1agent.errors import PlanCancelledError, PlanError
from r1agent.resume import RecordedRun
from r1agent.types import Plan, PlanStep

OnPlan = Callable[[Plan], Plan | None]
"""Called with the plan; what it returns is carried out, None cancels the run."""

_FIELDS = ("goal", "tool", "done_when")


def approve(plan: Plan, on_plan: OnPlan | None, tools: Collection[str], run: RecordedRun) -> Plan:
    """Return the plan as the user wants it; a resumed run does not ask again.

    Raises:
        PlanCancelledError: The user wants none.
        PlanError: The plan that came back has no step, or a tool that is not there.
    """

    def decide() -> dict[str, Any] | None:
        decided = on_plan(plan) if on_plan is not None and plan.steps else None
        if not isinstance(decided, Plan | None):
            raise PlanError(f"`on_plan` gave {decided!r}; wanted a plan, or None to cancel.")
        return None if decided is None else {"steps": [asdict(step) for step in decided.steps]}

    said = run.once("plan", decide)
    if said is None:
        if on_plan is None or not plan.steps:
            return plan
        raise PlanCancelledError("The plan was turned down; nothing was done.")
    wanted = Plan(tuple(_step(one, tools) for one in said["steps"]), plan.revision)
    if not wanted.steps:
        raise PlanError("The plan has no step left. Keep one, or cancel.")
    if wanted != plan:
        run.emit("planned", revision=wanted.revision, steps=said["steps"])
    return wanted


def plan_to_text(plan: Plan, tools: Sequence[str]) -> str:
    """Write a plan as TOML that a person can edit."""
    steps = "\n".join(_step_text(step) for step in plan.steps)
    return (
        "# Change, move, add or take out steps; without any, nothing is done.\n"
        f"# Tools: {', '.join(tools)}\n\n{steps}"
    )


def plan_from_text(text: str, tools: Collection[str], *, revision: int = 0) -> Plan:
    """Read a plan that `plan_to_text` wrote and a person edited; it may have no steps.

    Raises:
        PlanError: It is not TOML, or a step lacks something or names a tool that is not there.
    """
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise PlanError(f"The plan is not TOML: {error}. Mend that line.") from None
    unknown = set(data) - {"step"}
    steps = data.get("step", [])
    if unknown or not isinstance(steps, list) or not all(isinstance(one, dict) for one in steps):
        found = ", ".join(sorted(unknown)) or "step"
        raise PlanError(f"The plan holds {found!r}; wanted only `[[step]]`, each with its fields.")
    return Plan(tuple(_step(one, tools) for one in steps), revision)


def _step(data: dict[str, Any], tools: Collection[str]) -> PlanStep:
    if set(data) != set(_FIELDS) or not all(isinstance(value, str) for value in data.values()):
        found = ", ".join(data) or "nothing"
        raise PlanError(f"A step holds {found}; wanted {', '.join(_FIELDS)}, each a text.")
    if data["tool"] not in tools:
        raise PlanError(f"No tool {data['tool']!r}. Tools: {', '.join(tools)}.")
    if not data["goal"].strip():
        raise PlanError("A step has an empty goal. Say what it is to find out.")
    return PlanStep(**data)


def _step_text(step: PlanStep) -> str:
    lines = (f"{name} = {_quoted(value)}" for name, value in asdict(step).items())
    return "\n".join(["[[step]]", *lines, ""])


def _quoted(text: str) -> str:
    """JSON's text is TOML's, but for one control character."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
