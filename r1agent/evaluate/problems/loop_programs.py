"""The loop on problems: besides what it shows, what its programs found and was held back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from r1agent.dual_agreement import best_consensus
from r1agent.evaluate.problems.final_answers import final_answer
from r1agent.evaluate.systems.loop import Loop, loop_systems, said_by
from r1agent.evaluate.task import Example, Output, System, Wanted
from r1agent.types import Answer, ToolResult, Usage
from r1agent_tools import ExecutionResult, TestReport


def loops(wanted: Wanted, *, tool: str) -> Iterator[System]:
    """Yield the loop and its ablations, with what their programs found.

    Args:
        wanted: With an assistant.
        tool: What the one step uses that stands in for a plan.
    """
    if wanted.assistant is None:
        return
    for system in loop_systems(wanted.assistant, wanted.without, tool=tool):
        yield ProgramLoop(system) if isinstance(system, Loop) else system


@dataclass(frozen=True, slots=True)
class ProgramLoop:
    """Ask an assistant; `programs` ran, and `found` is their result, shown or not."""

    loop: Loop

    @property
    def name(self) -> str:
        """As the loop is called."""
        return self.loop.name

    @property
    def model(self) -> str:
        """The model of the assistant."""
        return self.loop.model

    def __call__(self, example: Example) -> Output:
        """Ask the question of an example; hidden tests and right values stay with the scorer."""
        answer = self.loop.assistant.ask(example.question)
        said = {**said_by(answer), "found": found_by(answer), "programs": programs_of(answer)}
        return Output(said, answer.outcome, sum(answer.audit.usage.values(), Usage()))


def programs_of(answer: Answer) -> int:
    """Count the programs and checks of code that ran."""
    kinds = (ExecutionResult, TestReport)
    return sum(isinstance(one.artifact, kinds) for one in answer.trajectory.results)


def found_by(answer: Answer) -> str:
    """Return the code that most agree on, or what most programs printed; empty where nothing is.

    It may have been held back, because too few agreed.
    """
    if answer.code:
        return answer.code
    results = answer.trajectory.results
    coded = [one for one in results if one.call.tool == "unit_tests"]
    if coded:
        return _code_of(coded)
    printed = [
        one.artifact.stdout.strip()
        for one in results
        if isinstance(one.artifact, ExecutionResult) and one.artifact.ok
    ]
    values = Counter(final_answer(text) or text for text in printed if text)
    return max(values, key=lambda value: values[value], default="")


def _code_of(checks: list[ToolResult]) -> str:
    best = best_consensus(checks)
    chosen = best.solutions[0] if best else checks[-1].call.arguments["solution"]
    return str(chosen)
