"""Choose the next action of a step: the program fills in what it knows, the model the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field, create_model

from r1agent.errors import ModelOutputError
from r1agent.evidence import gather
from r1agent.prompts import (
    action_prompt,
    arguments_prompt,
    function_and_tests_prompt,
    function_prompt,
    passage_block,
    program_prompt,
    translation_prompt,
)
from r1agent.run import Run
from r1agent.types import PlanStep, Step, ToolCall, ToolResult, Trajectory, Verdict
from r1agent.verifier import DISAGREE, ONE_PROGRAM
from r1agent.words import is_chinese

_CODE_TOKENS = 700
_ARGUMENT_TOKENS = 200
_SHOWN_CHARACTERS = 1200  # of earlier results, in the request for the next action
_LOOKING = ("search_papers", "read_page")


class ActionChooser:
    """Say which tool call comes next in a step."""

    def __init__(self, tools: Mapping[str, BaseTool]) -> None:
        self.tools = tools

    def next_call(
        self,
        step: PlanStep,
        done: Sequence[Step],
        results: Sequence[ToolResult],
        verdict: Verdict,
        run: Run,
    ) -> ToolCall | None:
        """Return the next call, or None where the model sees nothing more to do."""
        failure = _failure(results, verdict) if results else ""
        try:
            if step.tool == "python":
                return self._program(step, done, failure, run)
            if step.tool == "unit_tests":
                return self._tested_function(failure, run)
            if results and wants_other_language(results, run):
                return self._translated_search(run)
            if results:
                chooses = run.profile.plans_freely
                return self._chosen_action(step, results, failure, run) if chooses else None
            if step.tool == "search_papers":
                return self._first_search(step, done, run)
            return self._filled_arguments(step, self.tools[step.tool], run)
        except ModelOutputError as error:
            run.notice(f"Step given up, the model's reply could not be used: {error}")
            return None

    def _first_search(self, step: PlanStep, done: Sequence[Step], run: Run) -> ToolCall:
        """Search for the question in the user's own words first; later steps for their goal."""
        searched = any(
            result.call.tool == "search_papers" for one in done for result in one.results
        )
        query = step.goal if searched else run.question
        return ToolCall("search_papers", {"query": query, "k": run.profile.passages})

    def _translated_search(self, run: Run) -> ToolCall:
        """Most papers are in English: a question in Chinese is searched in both languages."""
        prompt = translation_prompt(run.question, "English")
        query = run.complete("executor", prompt, max_tokens=_ARGUMENT_TOKENS)
        return ToolCall("search_papers", {"query": query, "k": run.profile.passages})

    def _program(self, step: PlanStep, done: Sequence[Step], failure: str, run: Run) -> ToolCall:
        passages = list(gather(Trajectory(tuple(done))).passages.values())
        evidence = passage_block(passages[: run.profile.passages])
        alone = failure.startswith((ONE_PROGRAM, DISAGREE))
        prompt = program_prompt(
            run.question, step, evidence, "" if alone else failure, by_brute_force=alone
        )
        reply = run.complete("executor", prompt, max_tokens=_CODE_TOKENS)
        return ToolCall("python", {"code": code_blocks(reply)[0]})

    def _tested_function(self, failure: str, run: Run) -> ToolCall:
        if run.tests:
            prompt = function_prompt(run.question, run.tests, failure)
            reply = run.complete("executor", prompt, max_tokens=_CODE_TOKENS)
            return ToolCall("unit_tests", {"solution": code_blocks(reply)[0], "tests": run.tests})
        prompt = function_and_tests_prompt(run.question, failure)
        blocks = code_blocks(run.complete("executor", prompt, max_tokens=2 * _CODE_TOKENS))
        if len(blocks) < 2:
            raise ModelOutputError("found one code block, wanted the function and then its tests")
        return ToolCall("unit_tests", {"solution": blocks[0], "tests": "\n".join(blocks[1:])})

    def _filled_arguments(self, step: PlanStep, tool: BaseTool, run: Run) -> ToolCall:
        prompt = arguments_prompt(run.question, step, tool)
        schema = cast("type[BaseModel]", tool.tool_call_schema)
        filled = run.fill("executor", prompt, schema, max_tokens=_ARGUMENT_TOKENS)
        return ToolCall(tool.name, filled.model_dump(exclude_none=True))

    def _chosen_action(
        self, step: PlanStep, results: Sequence[ToolResult], failure: str, run: Run
    ) -> ToolCall | None:
        seen = "\n".join(result.text[:_SHOWN_CHARACTERS] for result in results)
        prompt = action_prompt(run.question, step, seen, failure, run.calls_left)
        schema = action_schema([name for name in _LOOKING if name in self.tools])
        action: Any = run.fill("executor", prompt, schema, max_tokens=_ARGUMENT_TOKENS)
        if action.action == "read_page" and action.paper and action.page:
            return ToolCall("read_page", {"paper": action.paper, "page": action.page})
        if action.action == "search_papers" and action.query:
            return ToolCall("search_papers", {"query": action.query, "k": run.profile.passages})
        return None


def action_schema(tools: Sequence[str]) -> type[BaseModel]:
    """Build the schema of an action while looking for evidence: thoughts first."""
    one_of: Any = Literal[(*tools, "finish")]
    return create_model(
        "Action",
        thoughts=(str, ...),
        action=(one_of, ...),
        query=(str, Field(default="", description="for search_papers")),
        paper=(str, Field(default="", description="paper id, for read_page")),
        page=(int, Field(default=0, description="page number, for read_page")),
    )


def code_blocks(reply: str) -> list[str]:
    """Return the fenced code blocks of a reply; the whole reply where it has no fence.

    Raises:
        ModelOutputError: The reply is empty.
    """
    blocks = re.findall(r"```(?:python|py)?[ \t]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    found = [block.strip("\n") for block in blocks if block.strip()] or [reply.strip()]
    if not found[0]:
        raise ModelOutputError("found an empty reply, wanted a ```python block")
    return found


def wants_other_language(results: Sequence[ToolResult], run: Run) -> bool:
    """Tell whether a question in Chinese was searched in its own language only, so far."""
    last = results[-1].call
    searched = last.tool == "search_papers" and is_chinese(str(last.arguments.get("query", "")))
    return searched and is_chinese(run.question)


def _failure(results: Sequence[ToolResult], verdict: Verdict) -> str:
    reasons = "; ".join(verdict.reasons)
    last = results[-1]
    if last.ok:
        return reasons
    ran = [one for one in results if one.artifact is not None]
    before = ran[-1].text if ran else ""
    return "\n".join(filter(None, [reasons, before, last.text]))[:_SHOWN_CHARACTERS]
