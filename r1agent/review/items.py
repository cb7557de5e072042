"""What is asked for each section: its question over all papers, and within its main papers."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from r1agent.batch import BatchItem
from r1agent.review.outline import Outline, PlannedSection
from r1agent.types import Plan, PlanStep
from r1agent_indexes import Paper

_LOOK = Plan(
    (
        PlanStep(
            "Find what the papers say about it",
            "search_papers",
            "passages mention what is asked",
        ),
    )
)
"""Given with every question, so that no planner is asked."""


def items_of(outline: Outline, papers: Sequence[Paper], *, each: int) -> list[BatchItem]:
    """Return what is to be asked, section by section.

    Args:
        outline: What the review will say where.
        papers: Those of the index; one that has left it is not asked.
        each: Papers of a section that are asked one by one; the others count in its question over
            all papers.
    """
    names = _names(papers)
    return [
        item for section in outline.sections for item in _items_of_section(section, names, each)
    ]


def whole_id(section: PlannedSection) -> str:
    """Return the id of a section's question over all papers; it depends on the question alone."""
    return hashlib.sha256(section.question.encode()).hexdigest()[:12]


def paper_id(section: PlannedSection, paper: str) -> str:
    """Return the id of a section's question within one paper."""
    return f"{whole_id(section)}:{paper}"


def ids_of(section: PlannedSection, ids: Iterable[str]) -> list[str]:
    """Return those of `ids` that belong to a section, whichever papers it has now."""
    return [one for one in ids if one.partition(":")[0] == whole_id(section)]


def _items_of_section(
    section: PlannedSection, names: Mapping[str, str], each: int
) -> list[BatchItem]:
    asked = [paper for paper in section.papers[:each] if paper in names]
    return [
        BatchItem(whole_id(section), section.question, plan=_LOOK),
        *(
            BatchItem(paper_id(section, paper), section.question, within=names[paper], plan=_LOOK)
            for paper in asked
        ),
    ]


def _names(papers: Sequence[Paper]) -> dict[str, str]:
    """Name each paper by its file, with as much of the path as tells it from the others."""
    endings = {paper.id: _endings(paper.path) for paper in papers}
    times = Counter(ending for found in endings.values() for ending in found)
    return {
        paper: next((ending for ending in found if times[ending] == 1), found[-1])
        for paper, found in endings.items()
    }


def _endings(path: Path) -> list[str]:
    """List the ends of a path, the file name first."""
    return ["/".join(path.parts[-length:]) for length in range(1, len(path.parts))] or [path.name]
