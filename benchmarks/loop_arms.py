"""The ways of answering that the bench of the loop compares, under the names of its figures."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.systems.loop import Loop, loops_without
from r1agent.evaluate.systems.plain import PlainRetrieval
from r1agent.evaluate.task import Ablation, Example, System, Wanted
from r1agent.evaluate.tasks.papers import PapersTask

Arm = Literal["full", "plain", "no_planner", "no_gate", "no_tools"]
_PARTS: dict[Arm, Ablation] = {"no_planner": "planner", "no_gate": "gate", "no_tools": "tools"}
ARMS: tuple[Arm, ...] = ("full", "plain", "no_planner", "no_gate", "no_tools")
WHOLE: tuple[Arm, ...] = ("full", "plain")
"""Arms to which every question goes."""


@dataclass(frozen=True)
class ArmTask(PapersTask):
    """The questions of a corpus, for one of the ways of answering them."""

    arm: Arm = field(default="full", compare=False)
    limit: int | None = field(default=None, compare=False)
    every: int = field(default=1, compare=False)

    def examples(self) -> list[Example]:
        """Return each `every`th of the first questions."""
        return super().examples()[: self.limit][:: self.every]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield what is behind the arm, where there is a model to ask."""
        if wanted.assistant is not None:
            yield system_of(self.arm, wanted.assistant)


def system_of(arm: Arm, assistant: ResearchAssistant) -> System:
    """Return what answers the questions of an arm."""
    if arm == "full":
        return Loop(assistant)
    if arm == "plain":
        return PlainRetrieval(assistant)
    return loops_without(assistant, [_PARTS[arm]])[0]
