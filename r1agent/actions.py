"""Choose the next action of a step: the program fills in what it knows, the model the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, cast

from langchain_core.documents import Document
from langchain_core.tools import BaseTool
from pydantic import BaseModel, Field, create_model

from r1agent.calls import LOOKING
from r1agent.checks.programs import form_of
from r1agent.context import fit
from r1agent.dual_agreement import SOLUTIONS, asserts, best_consensus, signature
from r1agent.errors import ModelOutputError
from r1agent.evidence import gather
from r1agent.near_numbers import near_numbers
from r1agent.prompts import (
    BUILT_IN,
    action_prompt,
    arguments_prompt,
    computation_block,
    function_prompt,
    own_tests_prompt,
    passage_block,
    program_prompt,
    solution_prompt,
    translation_prompt,
)
from r1agent.run import Run
from r1agent.types import PlanStep, Step, ToolCall, ToolResult, Trajectory, Verdict
from r1agent.verifier import DISAGREE, ONE_PROGRAM
from r1agent.words import is_chinese

_CODE_TOKENS = 700
_ARGUMENT_TOKENS = 200
_AT_ZERO = 2  # solutions at temperature 0: a third would be the second, word for word
_SHOWN_CHARACTERS = 1200  # of earlier results, in the request for the next action
_LIMITS = re.compile(
    r"\b(?:in|since|before|after|from|until|of|between) (?:19|20)\d\d\b|\bet al\b|\.pdf\b"
    r"|\b(?:papers?|stud(?:y|ies)|works?|published|written) by [A-Z]|(?:19|20)\d\d ?年"
)


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
            if step.tool == "unit_tests" and run.tests:
                return self._tested_function(failure, run, run.tests)
            if step.tool == "unit_tests":
                return self._agreeing_function(results, run)
            if results and wants_other_language(results, run):
                return self._translated_search(run)
            if step.tool not in BUILT_IN:
                return self._filled_arguments(step, self.tools[step.tool], failure, run)
            if results:
                chooses = run.profile.plans_freely
                return self._chosen_action(step, results, failure, run) if chooses else None
            limited = run.profile.plans_freely and names_papers(f"{run.question} {step.goal}")
            if step.tool == "search_papers" and not limited:
                return self._first_search(step, done, run)
            return self._filled_arguments(step, self.tools[step.tool], failure, run)
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
        found = gather(Trajectory(tuple(done)))
        given = [one for one in found.computations if one.tool not in BUILT_IN]
        apart = failure.startswith((ONE_PROGRAM, DISAGREE))
        in_words = apart and run.profile.works_in_words

        def prompt(passages: Sequence[Document]) -> str:
            return program_prompt(
                run.question,
                step,
                passage_block(passages) + computation_block(given),
                "" if apart else failure,
                near=near_numbers(passages, run.question),
                form=form_of(run.question) if passages else "",
                by_brute_force=apart and not in_words and not passages,
                in_words=in_words and not passages,
                data=(self.tools["python"].metadata or {}).get("data"),
            )

        passages = list(found.passages.values())[: run.profile.passages]
        fitting = fit(passages, prompt, run, role="executor", max_tokens=_CODE_TOKENS)
        ahead = 1 if failure.startswith(DISAGREE) else 0  # one of two more may decide it
        reply = run.complete("executor", prompt(fitting), max_tokens=_CODE_TOKENS, ahead=ahead)
        return ToolCall(
            "python", {"code": last_program(reply) if in_words else code_blocks(reply)[0]}
        )

    def _tested_function(self, failure: str, run: Run, tests: str) -> ToolCall:
        prompt = function_prompt(run.question, tests, failure)
        reply = run.complete("executor", prompt, max_tokens=_CODE_TOKENS)
        return ToolCall("unit_tests", {"solution": code_blocks(reply)[0], "tests": tests})

    def _agreeing_function(self, results: Sequence[ToolResult], run: Run) -> ToolCall | None:
        """Write solutions apart from each other and from the tests, until two agree on these.

        Where solutions agree on some of the tests only, the last call is for just those.
        """
        if not results:
            solution = self._solution("", 0, run)
            return self._check(solution, self._own_tests(signature(solution, run.question), run))
        tests = str(results[0].call.arguments["tests"])
        if results[-1].call.arguments["tests"] != tests:
            return None
        if len(results) < (_AT_ZERO if run.repeats_itself else SOLUTIONS):
            first = str(results[0].call.arguments["solution"])
            return self._check(
                self._solution(signature(first, run.question), len(results), run), tests
            )
        best = best_consensus(results)
        if best is None or not best.agrees or len(best.passed) == len(best.tests):
            return None
        return self._check(best.solutions[0], best.tests_passed)

    def _solution(self, head: str, sample: int, run: Run) -> str:
        prompt = solution_prompt(run.question, head)
        reply = run.complete("executor", prompt, max_tokens=_CODE_TOKENS, sample=sample)
        return code_blocks(reply)[0]

    def _own_tests(self, head: str, run: Run) -> str:
        reply = run.complete(
            "executor", own_tests_prompt(run.question, head), max_tokens=_CODE_TOKENS
        )
        tests = asserts("\n".join(code_blocks(reply)))
        if not tests:
            raise ModelOutputError("found no plain `assert` statement, wanted four to six")
        return "\n".join(tests)

    def _check(self, solution: str, tests: str) -> ToolCall:
        return ToolCall("unit_tests", {"solution": solution, "tests": tests})

    def _filled_arguments(self, step: PlanStep, tool: BaseTool, failure: str, run: Run) -> ToolCall:
        if not tool.args:
            return ToolCall(tool.name, {})
        prompt = arguments_prompt(run.question, step, tool, failure)
        schema = cast("type[BaseModel]", tool.tool_call_schema)
        filled = run.fill("executor", prompt, schema, max_tokens=_ARGUMENT_TOKENS)
        return ToolCall(tool.name, filled.model_dump(exclude_none=True))

    def _chosen_action(
        self, step: PlanStep, results: Sequence[ToolResult], failure: str, run: Run
    ) -> ToolCall | None:
        newest_first = [result.text[:_SHOWN_CHARACTERS] for result in reversed(results)]

        def prompt(texts: Sequence[str]) -> str:
            seen = "\n".join(reversed(texts))
            return action_prompt(run.question, step, seen, failure, run.calls_left)

        texts = fit(
            newest_first,
            prompt,
            run,
            role="executor",
            max_tokens=_ARGUMENT_TOKENS,
            what="earlier results",
        )
        schema = action_schema([name for name in LOOKING if name in self.tools])
        action: Any = run.fill("executor", prompt(texts), schema, max_tokens=_ARGUMENT_TOKENS)
        if action.action == "read_page" and action.paper and action.page:
            return ToolCall("read_page", {"paper": action.paper, "page": action.page})
        if action.action == "search_papers" and action.query:
            return self._further_search(action.query, results, run)
        return None

    def _further_search(self, query: str, results: Sequence[ToolResult], run: Run) -> ToolCall:
        """Search; the same query again brings the passages that follow those seen."""
        earlier = [one.call.arguments for one in results if one.call.tool == "search_papers"]
        seen = sum(int(given.get("k", 0)) for given in earlier if given.get("query") == query)
        more = {"skip": seen} if seen and "skip" in self.tools["search_papers"].args else {}
        return ToolCall("search_papers", {"query": query, "k": run.profile.passages, **more})


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


def names_papers(text: str) -> bool:
    """Tell whether a question limits the papers by year, author or file, as a search can."""
    return _LIMITS.search(text) is not None


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


def last_program(reply: str) -> str:
    """Return the last block that is marked as Python; words and what they print may hold others.

    Without one it is the whole reply, which fails when it is run, and is written anew.
    """
    programs = re.findall(r"```(?:python|py)[ \t]*\n(.*?)(?:```|\Z)", reply, re.DOTALL)
    return str(programs[-1]).strip("\n") if programs else reply


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
