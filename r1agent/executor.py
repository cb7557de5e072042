"""Carry out a plan: one action at a time, each step verified before the next."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

from langchain_core.documents import Document
from langchain_core.tools import BaseTool

from r1agent.actions import ActionChooser, wants_other_language
from r1agent.calls import call_key
from r1agent.evidence import gather
from r1agent.planner import Planner
from r1agent.run import BudgetSpentError, Run
from r1agent.safety.suite import Safety
from r1agent.types import Plan, PlanStep, Step, ToolCall, ToolResult, Trajectory, Verdict
from r1agent.verifier import Verifier
from r1agent_tools import TestReport

ATTEMPTS = 2
"""Tries at a step: the first, and one with the reason why that was not enough."""
PROGRAMS = 4
"""Programs for a step that computes or codes: until two agree, or every test passes."""


class Executor:
    """Run the steps of a plan with `tools` until each is verified or given up.

    Every result of a tool passes the passage screen of `safety` before anything else sees it.
    """

    def __init__(
        self,
        tools: Sequence[BaseTool],
        planner: Planner,
        verifier: Verifier,
        safety: Safety = Safety(),  # noqa: B008 - it is frozen
    ) -> None:
        self.tools = {tool.name: tool for tool in tools}
        self.planner = planner
        self.verifier = verifier
        self.safety = safety
        self.chooser = ActionChooser(self.tools)

    def carry_out(self, plan: Plan, run: Run) -> Trajectory:
        """Return what was done; a limit that is reached ends it early, with a notice."""
        done: list[Step] = []
        waiting = list(plan.steps)
        while waiting and not run.ended_early:
            step = self._carry_out_step(waiting.pop(0), done, run)
            done.append(step)
            if not step.verdict.supported and plan.revision < run.profile.revisions:
                plan = self._revised(plan, done, run)
                waiting = list(plan.steps)
        return Trajectory(tuple(done))

    def _revised(self, plan: Plan, done: Sequence[Step], run: Run) -> Plan:
        try:
            return self.planner.revise(plan, done, run)
        except BudgetSpentError as limit:
            run.end_early(limit)
            return plan

    def search(self, query: str, run: Run) -> list[Document]:
        """Search outside the plan, to repair a sentence; empty without a search tool.

        Raises:
            BudgetSpentError: No tool call is left.
        """
        if "search_papers" not in self.tools:
            return []
        call = ToolCall("search_papers", {"query": query, "k": run.profile.passages})
        found = self._call(call, 0, (), (), run).artifact
        return list(found or [])

    def _carry_out_step(self, plan_step: PlanStep, done: Sequence[Step], run: Run) -> Step:
        number = len(done) + 1
        run.emit("step_started", step=number, goal=plan_step.goal, tool=plan_step.tool)
        results: list[ToolResult] = []
        verdict = Verdict("unsupported", "nothing", ("no action was taken",))
        try:
            for _ in range(PROGRAMS if plan_step.tool in ("python", "unit_tests") else ATTEMPTS):
                call = self.chooser.next_call(plan_step, done, results, verdict, run)
                if call is None:
                    break
                results.append(self._call(call, number, done, results, run))
                verdict = self.verifier.verify(plan_step, results, run.question, _known(done))
                if verdict.supported and not wants_other_language(results, run):
                    break
        except BudgetSpentError as limit:
            run.end_early(limit)
        run.emit(
            "step_verified",
            step=number,
            support=verdict.support,
            rests_on=verdict.rests_on,
            reasons=list(verdict.reasons),
        )
        return Step(plan_step, tuple(results), verdict)

    def _call(
        self,
        call: ToolCall,
        number: int,
        done: Sequence[Step],
        results: Sequence[ToolResult],
        run: Run,
    ) -> ToolResult:
        """Run a tool; a call made before is refused with a note instead."""
        run.check_deadline()  # a tool takes time, but no tokens
        if run.calls_left <= 0:
            raise BudgetSpentError(f"the limit of {run.limits.tool_calls} tool calls is reached")
        run.emit("tool_called", step=number, tool=call.tool, arguments=call.arguments)
        earlier = [result.call for step in done for result in step.results]
        repeated = self._key(call) in map(self._key, [*earlier, *(one.call for one in results)])
        drawn_again = call.tool == "python" and not run.repeats_itself
        if repeated and not drawn_again:  # a program drawn again alike agrees with itself
            note = "This very call was made before; its result will not change."
            result = ToolResult(call, note, ok=False, seconds=0.0)
        else:
            run.tool_calls += 1
            result = self.safety.shown(self._invoke(call, run), run)
        run.emit(
            "tool_returned",
            step=number,
            tool=call.tool,
            ok=result.ok,
            text=result.text,
            seconds=round(result.seconds, 3),
            left=run.calls_left,
        )
        return result

    def _key(self, call: ToolCall) -> str:
        return call_key(self.tools[call.tool], call.arguments)

    def _invoke(self, call: ToolCall, run: Run) -> ToolResult:
        started = time.monotonic()
        request = {"name": call.tool, "args": call.arguments, "id": "1", "type": "tool_call"}
        message = run.use_tool(self.tools[call.tool], request)
        seconds = time.monotonic() - started
        ok, text, artifact = message.status == "success", str(message.text), message.artifact
        if isinstance(artifact, TestReport) and call.arguments.get("tests") == run.tests:
            artifact = replace(artifact, written_by="user")
            text = artifact.text()
        return ToolResult(call, text, ok, seconds, artifact)


def _known(done: Sequence[Step]) -> str:
    """Text of the passages found so far, and what programs and tools gave."""
    found = gather(Trajectory(tuple(done)))
    passages = [
        f"{doc.metadata.get('title', '')} {doc.page_content}" for doc in found.passages.values()
    ]
    return " ".join([*passages, *found.outputs])
