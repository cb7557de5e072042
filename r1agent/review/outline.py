"""The outline of a review: its sub-questions in order, and the papers that bear on each."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import TypeAdapter

from r1agent.errors import R1AgentError
from r1agent.words import counted

KIND = "review"


class ReviewError(R1AgentError):
    """A review cannot be begun or continued as it was asked for."""


@dataclass(frozen=True, slots=True)
class SubQuestion:
    """One question of the topic, and the heading of the section that answers it."""

    heading: str
    question: str


@dataclass(frozen=True, slots=True)
class PlannedSection:
    """A section to be written."""

    heading: str
    question: str
    papers: tuple[str, ...] = ()
    """Ids of the papers that bear on it most, best first."""


@dataclass(frozen=True, slots=True)
class Outline:
    """What a review will say where; kept as the first line of its work file."""

    topic: str
    sections: tuple[PlannedSection, ...]
    papers: tuple[str, ...]
    """Ids of all papers that were at hand when it was made."""
    origin: str = ""
    """Where its sub-questions came from, for people."""
    where: str = ""
    """The filter of the papers, in words; empty for all of them."""

    @property
    def sub_questions(self) -> tuple[SubQuestion, ...]:
        """The questions and headings of its sections, in order."""
        return tuple(SubQuestion(one.heading, one.question) for one in self.sections)

    @property
    def outside(self) -> tuple[str, ...]:
        """Ids of the papers that bear on none of the sub-questions."""
        placed = {paper for section in self.sections for paper in section.papers}
        return tuple(paper for paper in self.papers if paper not in placed)

    def numbered(self, numbers: Collection[int]) -> tuple[PlannedSection, ...]:
        """Return sections by their numbers, from 1.

        Raises:
            ReviewError: There is no section of one of the numbers.
        """
        unknown = [number for number in numbers if not 1 <= number <= len(self.sections)]
        if unknown:
            raise ReviewError(
                f"There is no section {unknown[0]}: the outline has "
                f"{counted(len(self.sections), 'section')}, numbered from 1. Name one of them."
            )
        return tuple(self.sections[number - 1] for number in sorted(set(numbers)))

    def with_papers_of(self, other: Outline, numbers: Collection[int]) -> Outline:
        """Return this outline with some sections' papers as another one of its questions has them.

        Args:
            other: Has the same sub-questions.
            numbers: The sections, from 1.
        """
        sections = tuple(
            theirs if number in numbers else ours
            for number, (ours, theirs) in enumerate(
                zip(self.sections, other.sections, strict=True), 1
            )
        )
        return replace(self, sections=sections)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        values = asdict(self)
        sections = [
            {**section, "papers": list(section["papers"])} for section in values["sections"]
        ]
        return {"kind": KIND, **values, "sections": sections, "papers": list(self.papers)}

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> Outline:
        """Return the outline that `to_json` wrote.

        Raises:
            ValueError: The data is not that of an outline.
        """
        return _OUTLINE.validate_python({k: v for k, v in data.items() if k != "kind"})


_OUTLINE = TypeAdapter(Outline)
