"""The systems of one model, or those that ask none: asked what they have not answered yet."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from r1agent.assistant import ResearchAssistant
from r1agent.batch.adaptive import workers_for
from r1agent.batch.pool import Workers
from r1agent.evaluate.evaluation import Scored
from r1agent.evaluate.fresh_start import forgetting
from r1agent.evaluate.how import How
from r1agent.evaluate.kept_outputs import Finished, KeptFolder, KeptOutputs, holds_all
from r1agent.evaluate.opening import Opened
from r1agent.evaluate.progress import Watch
from r1agent.evaluate.putting import Asked, put_examples
from r1agent.evaluate.task import System, Task, Wanted
from r1agent.words import counted

_MAKING = "making ready what is asked"


@dataclass(frozen=True, slots=True)
class Answered:
    """What the systems of one model said."""

    scored: Sequence[Scored] = ()
    notes: Sequence[str] = ()
    """What a reader must know of them."""
    about: str = ""
    """Which model that was, and what ran it; empty where that is not known."""


@dataclass(frozen=True, slots=True)
class ModelSystems:
    """What a task puts its examples to where one model answers, or none."""

    task: Task
    asked: Asked
    folder: KeptFolder
    how: How
    name: str
    """Stands for the model and where it runs."""
    job: Mapping[str, Any]
    """What makes the outputs what they are, besides the system."""

    def finished(self) -> Answered | None:
        """Return what was said before, where nothing is left to be asked; else None."""
        before = self.folder.finished(self.name, self._wanted)
        if before is None:
            return None
        kept = [self._kept(system, model) for system, model in before.systems]
        if not all(holds_all(one, self.asked) for one in kept):
            return None
        scored = [
            Scored(system, model, [one.rows[place] for place in self.asked])
            for (system, model), one in zip(before.systems, kept, strict=True)
        ]
        return Answered(scored, before.notes, before.about)

    def put(self, opened: Opened | None, watch: Watch) -> Answered:
        """Put the examples to each system in turn."""
        assistant = opened.assistant if opened else None
        spent: dict[str, float] = {}
        scored: list[Scored] = []
        wanted = Wanted(assistant, self.how.without, self.how.baseline, spent)
        with closing(_closable(self.task.systems(wanted))) as systems:
            watch.loading(_MAKING, None)
            for system in systems:
                scored.append(self._scored(system, assistant, watch))
                spent[system.name] = scored[-1].tokens
                watch.loading(_MAKING, None)
        about, notes = (opened.about, opened.notes) if opened else ("", ())
        failed = [*filter(None, map(self._failed, scored))]
        if scored and not failed:
            called = [(one.system, one.model) for one in scored]
            self.folder.finish(self.name, self._wanted, Finished(called, notes, about))
        return Answered(scored, (*notes, *failed), about)

    def _scored(self, system: System, assistant: ResearchAssistant | None, watch: Watch) -> Scored:
        kept = self._kept(system.name, system.model)
        workers = self.how.at_once or _workers(assistant)
        with forgetting(assistant.model if assistant else None) as forget:
            rows = put_examples(
                system,
                self.task,
                self.asked,
                kept,
                workers=workers,
                watch=watch,
                before_each=forget,
            )
        return Scored(system.name, system.model, rows)

    def _failed(self, scored: Scored) -> str:
        """Say on how many examples the server failed; empty where it did on none."""
        kept = self._kept(scored.system, scored.model)
        left = sum(place not in kept.rows for place in self.asked)
        if not left:
            return ""
        return (
            f"{scored.name}: the server failed on {counted(left, 'example')}, here counted as "
            "failed. The same command asks again."
        )

    def _kept(self, system: str, model: str) -> KeptOutputs:
        job = {**self.job, "system": system, "model": model}
        return self.folder.outputs(self.name, system, job)

    @property
    def _wanted(self) -> dict[str, Any]:
        without = sorted(self.how.without)
        return {**self.job, "without": without, "baseline": self.how.baseline}


def _closable(systems: Iterator[System]) -> Generator[System, None, None]:
    """Yield systems; what they hold open is closed with this one, also after an error."""
    yield from systems


def _workers(assistant: ResearchAssistant | None) -> int | Workers:
    return 1 if assistant is None else workers_for(assistant)
