"""From a question to a plan, and to another plan when that one did not work."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field, create_model

from r1agent.checks.numbers import numbers_in
from r1agent.errors import ModelOutputError
from r1agent.kinds import Kind, kind_of
from r1agent.prompts import BUILT_IN, first_line, plan_prompt, revision_prompt
from r1agent.run import BudgetSpentError, Run
from r1agent.types import Plan, PlanStep, Step
from r1agent.words import content_words

_TOKENS = 400
_WORDS_IN_COMMON = 2
_FILE = re.compile(r"[\w-][\w.-]*\.\w+")


class Planner:
    """Ask the model for steps, each with a goal, one of `tools`, and a sign that it is done."""

    def __init__(self, tools: Sequence[BaseTool]) -> None:
        self.tools = tuple(tools)

    def plan(self, run: Run, given: Plan | None = None) -> Plan:
        """Return the first plan, which is the one that is given where one is.

        Tests that came with the question are always run. A model that cannot plan gets the plain
        plan for most questions, one look at the papers, and the run says so.
        """
        if given is not None:
            run.emit("planned", **_as_data(given))
            return given
        try:
            steps = self._written(run) if run.profile.plans_freely else self._of_its_kind(run)
        except ModelOutputError as error:
            run.notice(f"No plan from the model, so the plain one was used: {error}")
            steps = self._plain(run)
        except BudgetSpentError as limit:
            run.end_early(limit)
            steps = ()
        wants_tests = run.tests and "unit_tests" in self._names
        if wants_tests and not any(step.tool == "unit_tests" for step in steps):
            steps = (*steps, PlanStep(*_STEPS["unit_tests"]))
        plan = Plan(steps)
        run.emit("planned", **_as_data(plan))
        return plan

    def revise(self, plan: Plan, done: Sequence[Step], run: Run) -> Plan:
        """Return a plan for what is still missing; empty where there is no other idea."""
        try:
            steps = self._rewritten(done, run) if run.profile.plans_freely else self._other(run)
        except ModelOutputError as error:
            run.notice(f"The plan could not be revised: {error}")
            steps = ()
        tried = {(step.plan_step.goal, step.plan_step.tool) for step in done}
        fresh = tuple(step for step in steps if (step.goal, step.tool) not in tried)
        revised = Plan(fresh, plan.revision + 1)
        if fresh:
            run.emit("plan_revised", **_as_data(revised))
        return revised

    def _written(self, run: Run) -> tuple[PlanStep, ...]:
        """Have the model write the steps."""
        return self._fill_steps(run, plan_prompt(run.question, self.tools, run.profile.max_steps))

    def _of_its_kind(self, run: Run) -> tuple[PlanStep, ...]:
        """Use the steps of the question's kind, for a model too small to plan."""
        kind = "code" if run.tests else kind_of(run.question)
        if kind == "papers" and self._names_data(run.question):
            kind = "mathematics"
        own = self._of_own_tools(run)
        if not own and "search_papers" in set(_KINDS[kind]) - self._names:
            run.notice(
                "No papers were searched: no index is open. Name one with `--index`, or `index` in "
                "the settings."
            )
        tools = [tool for tool in _KINDS[kind] if tool in self._names]
        steps = tuple(PlanStep(*_STEPS[tool]) for tool in tools)
        return (*own, *steps) or self._plain(run)

    def _names_data(self, question: str) -> bool:
        """Tell whether a question names a file of the data folder, which programs can read."""
        described = [str((tool.metadata or {}).get("data", "")) for tool in self.tools]
        files = [name for text in described for name in _FILE.findall(text)]
        return any(name in question for name in files)

    def _of_own_tools(self, run: Run) -> tuple[PlanStep, ...]:
        """Call those of the user's own tools whose words are in the question."""
        own = [tool for tool in self.tools if tool.name not in BUILT_IN]
        fitting = [tool for tool in own if bears_on(tool, run.question)]
        return tuple(
            PlanStep(first_line(tool.description), tool.name, "the tool gives a result")
            for tool in fitting[: max(1, run.profile.max_steps - 2)]
        )

    def _rewritten(self, done: Sequence[Step], run: Run) -> tuple[PlanStep, ...]:
        return self._fill_steps(run, revision_prompt(run.question, done, self.tools))

    def _other(self, run: Run) -> tuple[PlanStep, ...]:
        """Compute where the papers had nothing and the question has numbers of its own."""
        if run.tests or kind_of(run.question) == "code":
            return ()
        countable = "python" in self._names and any(numbers_in(run.question))
        return (PlanStep(*_STEPS["python"]),) if countable else ()

    def _fill_steps(self, run: Run, prompt: str) -> tuple[PlanStep, ...]:
        if not self.tools:
            return ()
        schema = plan_schema([tool.name for tool in self.tools], run.profile.max_steps)
        filled: Any = run.fill("planner", prompt, schema, max_tokens=_TOKENS)
        steps = [PlanStep(one.goal, one.tool, one.done_when) for one in filled.steps]
        return tuple({(step.goal, step.tool): step for step in steps}.values())

    def _plain(self, run: Run) -> tuple[PlanStep, ...]:
        if not self.tools:
            return ()
        tool = "search_papers" if "search_papers" in self._names else self.tools[0].name
        if tool == "python":
            return (PlanStep(*_STEPS[tool]),)
        return (PlanStep(run.question, tool, "something found bears on the question"),)

    @property
    def _names(self) -> set[str]:
        return {tool.name for tool in self.tools}


_STEPS = {
    "search_papers": (
        "Find what the papers say about it",
        "search_papers",
        "passages mention what is asked",
    ),
    "python": ("Compute the answer", "python", "a program computes it and a second one agrees"),
    "unit_tests": ("Write the code and test it", "unit_tests", "all tests pass"),
}
_KINDS: dict[Kind, tuple[str, ...]] = {
    "papers": ("search_papers",),
    "papers_and_calculation": ("search_papers", "python"),
    "mathematics": ("python",),
    "code": ("unit_tests",),
}


def bears_on(tool: BaseTool, question: str) -> bool:
    """Tell whether a question has all words of a tool's name, or two of what is said of it."""
    asked = set(content_words(question))
    name = set(content_words(tool.name.replace("_", " ")))
    about = name | set(content_words(first_line(tool.description)))
    return (bool(name) and name <= asked) or len(about & asked) >= _WORDS_IN_COMMON


def plan_schema(tools: Sequence[str], max_steps: int) -> type[BaseModel]:
    """Build the schema of a plan: thoughts first, then one to `max_steps` steps."""
    one_of: Any = Literal[tuple(tools)]
    step = create_model("Step", goal=(str, ...), tool=(one_of, ...), done_when=(str, ...))
    return create_model(
        "Plan",
        thoughts=(str, ...),
        steps=(list[step], Field(min_length=1, max_length=max_steps)),
    )


def _as_data(plan: Plan) -> dict[str, Any]:
    steps = [
        {"goal": step.goal, "tool": step.tool, "done_when": step.done_when} for step in plan.steps
    ]
    return {"revision": plan.revision, "steps": steps}
