"""The loop as a system: whole, and without one of its parts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.systems.ablations import without_part
from r1agent.evaluate.task import Ablation, Example, Output, System
from r1agent.types import Answer, Citation, Trajectory, Usage

LOOP = "loop"
"""The name of the whole loop; that of an ablation is `loop without` and the part."""


def loop_systems(
    assistant: ResearchAssistant, without: Sequence[Ablation] = (), *, tool: str | None = None
) -> Iterator[System]:
    """Yield the whole loop, then the loop without each of some parts.

    Args:
        assistant: Is left as it is.
        without: The parts, one at a time.
        tool: What the one step uses that stands in for a plan where the planner is left out; by
            default the search where there are papers, otherwise the first tool.

    Raises:
        EvaluationError: A part is to be left out that this assistant does not have; before the
            loop answers anything.
    """
    ablations = [*loops_without(assistant, without, tool=tool)]
    yield Loop(assistant)
    yield from ablations


def loops_without(
    assistant: ResearchAssistant, parts: Sequence[Ablation], *, tool: str | None = None
) -> list[System]:
    """Return the loop without each of some parts; see `loop_systems`."""
    return [
        Loop(
            without_part(part, assistant, tool=tool),
            name=f"{LOOP} without {part}",
            takes_untested_code=part == "verify",
        )
        for part in parts
    ]


@dataclass(frozen=True, slots=True)
class Loop:
    """Ask an assistant; what it says is its text, citations, code and computations."""

    assistant: ResearchAssistant
    name: str = LOOP
    takes_untested_code: bool = False
    """Whether the last code that was written counts where none passed its tests."""

    @property
    def model(self) -> str:
        """The model of the assistant."""
        return self.assistant.model_name

    def __call__(self, example: Example) -> Output:
        """Ask the question of an example, and nothing else of it: the rest is for the scorer."""
        answer = self.assistant.ask(example.question)
        said = said_by(answer)
        if self.takes_untested_code and answer.code is None:
            said["code"] = last_code(answer.trajectory)
        return Output(said, answer.outcome, sum(answer.audit.usage.values(), Usage()))


def said_by(answer: Answer) -> dict[str, Any]:
    """Return what a scorer reads of an answer."""
    computed = [one.output for claim in answer.claims for one in claim.computations]
    return {
        "text": answer.text,
        "citations": [cited(citation) for citation in answer.citations],
        "code": answer.code,
        "computations": list(dict.fromkeys(computed)),
    }


def cited(citation: Citation) -> Mapping[str, str | int]:
    """Return where a quote stands, as a scorer looks it up."""
    return {"file": citation.file, "page": citation.page, "quote": citation.quote}


def last_code(trajectory: Trajectory) -> str | None:
    """Return the last program text that was put to unit tests, whatever these said."""
    tested = [one.call for one in trajectory.results if one.call.tool == "unit_tests"]
    return str(tested[-1].arguments["solution"]) if tested else None
