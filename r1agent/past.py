"""What a stopped run had done, as its journal tells it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from langchain_core.documents import Document
from pydantic import TypeAdapter

from r1agent.artifacts import artifact_from_json
from r1agent.errors import JournalError
from r1agent.journal import Kept, read_course
from r1agent.types import Event, Plan, PlanStep, Usage
from r1agent_indexes import PaperFilter

_FILTER = TypeAdapter(PaperFilter)


@dataclass(frozen=True, slots=True)
class Past:
    """What a stopped run had done."""

    events: tuple[Event, ...]
    kept: tuple[Kept, ...]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the journal of a run that can go on.

        Raises:
            JournalError: It cannot be read, the run has ended, or it holds too little to go on.
        """
        events, kept = read_course(path)
        name = path.stem
        if not events or events[0].name != "started":
            raise JournalError(
                f"The run {name!r} was stopped before it began. Ask the question again."
            )
        if events[-1].name == "answered":
            outcome = events[-1].data["answer"]["outcome"]
            raise JournalError(
                f"The run {name!r} has ended ({outcome}); there is nothing to go on with. "
                f"`r1agent show {name}` shows it."
            )
        if events[0].data.get("journal", 1) == 1:
            raise JournalError(
                f"The run {name!r} was recorded before runs could be resumed. "
                "Ask the question again."
            )
        return cls(tuple(events), tuple(kept))

    @property
    def run(self) -> str:
        """The id of the run."""
        return str(self._started["run"])

    @property
    def question(self) -> str:
        """What was asked."""
        return str(self._started["question"])

    @property
    def tests(self) -> str | None:
        """The unit tests that came with the question."""
        tests = self._started.get("tests")
        return None if tests is None else str(tests)

    @property
    def within(self) -> str:
        """The file that searches are limited to; empty for all."""
        return str(self._started.get("within", ""))

    @property
    def spent(self) -> dict[str, Usage]:
        """What was spent on the question before the run, by role."""
        return {role: Usage(**used) for role, used in self._started.get("spent", {}).items()}

    @property
    def plan(self) -> Plan | None:
        """The plan that the question came with; None where it was made in the run."""
        steps = self._started.get("plan")
        return None if steps is None else Plan(tuple(PlanStep(**step) for step in steps))

    @property
    def settings(self) -> dict[str, Any]:
        """The settings that its assistant was made with, but for secrets."""
        return dict(self._started.get("made_with", {}).get("settings", {}))

    @property
    def where(self) -> PaperFilter | None:
        """The papers that it searches; None for all."""
        where = self._started.get("made_with", {}).get("where")
        return None if where is None else _FILTER.validate_python(where)

    @property
    def _started(self) -> Mapping[str, Any]:
        return self.events[0].data

    @property
    def models(self) -> set[str]:
        """Names of the models that the run was asked of, so far."""
        stages = (event for event in self.events if event.name in ("started", "resumed"))
        return {str(event.data["model"]) for event in stages}

    @property
    def known(self) -> list[Document]:
        """The passages that the question came with."""
        found = artifact_from_json({"kind": "passages", "value": self._started.get("known", [])})
        return list(found)
