"""A small task with made-up data, and systems that answer it as they are told."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.evaluation import Row
from r1agent.evaluate.metrics import Metric, Share
from r1agent.evaluate.opening import Opened
from r1agent.evaluate.progress import Unwatched, Watch
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent.testing import ScriptedChatModel
from r1agent.types import Usage


@dataclass
class Doubling:
    """A system that doubles numbers, or does what stands under an example's id."""

    name: str = "doubling"
    model: str = ""
    does: Mapping[str, BaseException] = field(default_factory=dict)
    tokens: int = 5
    asked: list[str] = field(default_factory=list)

    def __call__(self, example: Example) -> Output:
        self.asked.append(example.id)
        if example.id in self.does:
            raise self.does[example.id]
        return Output(
            {"number": 2 * example.data["number"]}, usage=Usage(1, self.tokens, 2 * self.tokens)
        )


@dataclass(frozen=True)
class Numbers:
    """Is the double of each number right?"""

    count: int = 5
    judges: Sequence[System] = field(default_factory=list)
    models: Sequence[System] = field(default_factory=list)
    """What is put to the examples where there is an assistant; their model is the assistant's."""
    wanted: list[Wanted] = field(default_factory=list)
    threads: set[int] = field(default_factory=set)

    name = "numbers"
    title = "doubles of numbers"
    metrics: Sequence[Metric] = (Share("accuracy", "right doubles, of all", "right"),)
    papers: Path | None = None
    needs_model = False

    def examples(self) -> list[Example]:
        return [
            Example(
                f"n{number}",
                f"Twice {number}?",
                "even" if number % 2 == 0 else "odd",
                {"number": number},
            )
            for number in range(self.count)
        ]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        self.wanted.append(wanted)
        if wanted.assistant is None:
            yield from self.judges
            return
        for system in self.models:
            system.model = wanted.assistant.model_name
            yield system

    def score(self, example: Example, output: Output) -> Measures:
        self.threads.add(threading.get_ident())
        return {"right": float(output.said.get("number") == 2 * example.data["number"])}


@dataclass
class MadeOpening:
    """Opens an assistant with a scripted model, and counts how often."""

    name: str
    model: str = "scripted-1b"
    place: str = ""
    temperature: float = 0.0
    opened_times: int = 0
    is_open: bool = False

    @property
    def identity(self) -> dict[str, Any]:
        return {"temperature": self.temperature}

    @contextmanager
    def opened(self, papers: Path | None, folder: Path, watch: Watch) -> Iterator[Opened]:
        self.opened_times += 1
        self.is_open = True
        yield Opened(
            ResearchAssistant(ScriptedChatModel(replies=[], model_name=self.model), []),
            (f"opened {self.model}",),
        )
        self.is_open = False


class Watching(Unwatched):
    """Remembers what it hears; raises what it is told to after so many rows."""

    def __init__(self, *, stop_after: int | None = None) -> None:
        self.rows: list[Row] = []
        self.begun: list[tuple[str, int, int]] = []
        self._stop_after = stop_after

    def begin(self, system: str, before: Sequence[Row], total: int) -> None:
        self.begun.append((system, len(before), total))

    def row(self, row: Row) -> None:
        self.rows.append(row)
        if len(self.rows) == self._stop_after:
            raise KeyboardInterrupt


def table(evaluation: Any) -> list[Any]:
    """Return what must be the same twice: all but seconds and the date."""
    return [
        (
            one.name,
            [
                (row.example, row.time, row.outcome, dict(row.measures), row.usage)
                for row in one.rows
            ],
        )
        for one in evaluation.scored
    ]
