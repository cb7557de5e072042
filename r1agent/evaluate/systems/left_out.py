"""What stands in the place of a part of the loop that is left out."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.tools import BaseTool

from r1agent.checks.judging import Ask
from r1agent.citations import CitationGate, Draft
from r1agent.evidence import Evidence
from r1agent.planner import Planner
from r1agent.run import Run
from r1agent.types import Claim, Plan, PlanStep, Step, ToolResult, Verdict
from r1agent.verifier import Verifier

_NOTHING = "nothing was checked"
_STEPS = {
    "search_papers": ("Find what the papers say about it", "passages bear on it"),
    "python": ("Compute the answer", "a program computes it"),
    "unit_tests": ("Write the code and test it", "all tests pass"),
}
"""Goal of the one step, and when it is done, by its tool."""


class OneStepPlanner(Planner):
    """Give every question the plan of one step, and no other where that fails.

    Args:
        tools: Those of the assistant.
        tool: The name of the one that each plan uses.
    """

    def __init__(self, tools: Sequence[BaseTool], tool: str) -> None:
        super().__init__(tools)
        self.tool = tool

    def plan(self, run: Run, given: Plan | None = None) -> Plan:
        """Return the one plan, whatever is given."""
        goal, done_when = _STEPS.get(self.tool, (run.question, "the tool gives a result"))
        run.emit("planned", revision=0, steps=[{"goal": goal, "tool": self.tool}])
        return Plan((PlanStep(goal, self.tool, done_when),))

    def revise(self, plan: Plan, done: Sequence[Step], run: Run) -> Plan:
        """Return no steps."""
        return Plan((), plan.revision + 1)


class OpenGate(CitationGate):
    """Let every draft through with the quotes that were chosen for it."""

    def judge(
        self, draft: Draft, evidence: Evidence, *, question: str = "", ask: Ask | None = None
    ) -> Claim:
        """Return the claim as if it were supported."""
        shown = Verdict("supported", _NOTHING)
        return Claim(draft.text, draft.citations, shown, draft.computations)


class NoVerifier(Verifier):
    """Take every step that gave a result for done."""

    def verify(
        self, step: PlanStep, results: Sequence[ToolResult], question: str, known: str = ""
    ) -> Verdict:
        """Return that the step is done."""
        return Verdict("supported", _NOTHING)
