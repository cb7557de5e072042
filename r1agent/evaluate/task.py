"""What a task is: examples, the systems that are put to them, and how each answer is scored."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol, runtime_checkable

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.metrics import Metric
from r1agent.types import Outcome, Usage

Ablation = Literal["planner", "gate", "tools", "rerank", "verify"]
"""A part of the loop that can be left out, to see what it is worth."""

Measures = Mapping[str, float]
"""What one output adds to the metrics, by name; the same names for every example of a task."""


@dataclass(frozen=True, slots=True)
class Example:
    """One question, claim, problem or paper of a task."""

    id: str
    """Unique in the task, and the same each time its data are read."""
    question: str
    kind: str = ""
    """The group in which it is counted beside the whole; empty where there are none."""
    data: Mapping[str, Any] = field(default_factory=dict)
    """What systems and scorer need besides; plain JSON values."""


@dataclass(frozen=True, slots=True)
class Output:
    """What a system said to an example."""

    said: Mapping[str, Any]
    """What the scorer reads; plain JSON values."""
    outcome: Outcome = "answered"
    usage: Usage = field(default_factory=Usage)
    """What it cost, of all roles together; nothing where no model was asked."""


class System(Protocol):
    """Whatever answers examples; called from several threads at once.

    It raises `ModelServerError` where the server is lost, which stops the evaluation;
    a model's text that cannot be used is an `Output` with the outcome `failed`.
    """

    @property
    def name(self) -> str:
        """Which way of answering: `loop`, `plain`, `loop without gate`, `floors`."""
        ...

    @property
    def model(self) -> str:
        """The model that answers; empty where none does."""
        ...

    def __call__(self, example: Example) -> Output:
        """Answer one example."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is put to the examples of a task."""

    assistant: ResearchAssistant | None = None
    """Whose model answers, with the papers of the task where it has some; without it only those
    systems are wanted that ask no model."""
    without: Sequence[Ablation] = ()
    """Parts that the loop is also tried without, one at a time."""
    baseline: bool = True
    """Whether plain retrieval with one prompt, or whatever is usual, is tried beside the loop."""
    spent: Mapping[str, float] = field(default_factory=dict)
    """Mean tokens an example of each system that has answered, by its name; it fills as systems
    are taken one after the other, so that a baseline can be given the same budget."""


class Task(Protocol):
    """A measurement: where its examples come from, and how outputs are scored."""

    @property
    def name(self) -> str:
        """As it is called on the command line."""
        ...

    @property
    def title(self) -> str:
        """What it measures, in one line."""
        ...

    @property
    def metrics(self) -> Sequence[Metric]:
        """What is reported of each system; the first is the one that matters most."""
        ...

    @property
    def papers(self) -> Path | None:
        """Folder of papers that assistants need an index of; None where it has none."""
        ...

    @property
    def needs_model(self) -> bool:
        """Whether nothing can be measured without a model."""
        ...

    def examples(self) -> Sequence[Example]:
        """Read the examples, in a fixed order.

        Raises:
            EvaluationError: The data are not there, or not of this task's form.
        """
        ...

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield what is put to the examples, each made when the one before has answered them all.

        Raises:
            EvaluationError: Something is wanted that this task does not know.
        """
        ...

    def score(self, example: Example, output: Output) -> Measures:
        """Return what an output adds to the metrics; called from several threads at once."""
        ...


@runtime_checkable
class TellsNotes(Protocol):
    """A task that knows more of its data than its examples say."""

    @property
    def notes(self) -> Sequence[str]:
        """What a reader of its figures must know, such as papers that could not be read."""
        ...
