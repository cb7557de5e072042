"""The questions of all cells of a table, each about one paper."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from r1agent.batch.items import BatchItem
from r1agent.tables.form import Column, TableForm
from r1agent.types import Plan, PlanStep
from r1agent_indexes import Paper

_DONE_WHEN = "a passage of the paper answers the question"


def items_of(papers: Sequence[Paper], form: TableForm) -> list[BatchItem]:
    """Return the questions of all cells, row by row."""
    rows = shown(papers)
    places = _places(rows)
    return [
        BatchItem(
            cell_id(paper, column),
            column.question,
            within=places[paper.id],
            plan=Plan((PlanStep(column.question, "search_papers", _DONE_WHEN),)),
        )
        for paper in rows
        for column in form.columns
    ]


def cell_id(paper: Paper, column: Column) -> str:
    """Name a cell; another content of a file makes it another paper, and its cells are asked."""
    return f"{paper.sha256[:12]}/{column.name}"


def shown(papers: Iterable[Paper]) -> list[Paper]:
    """Leave out papers that are folded into another one, and have no passages of their own."""
    return [paper for paper in papers if paper.same_as is None]


def _places(papers: Iterable[Paper]) -> dict[str, str]:
    """Return, by paper id, each file's name with as many folders as tell it from the others."""
    alike: dict[str, list[Paper]] = defaultdict(list)
    for paper in papers:
        alike[paper.file.casefold()].append(paper)
    places = {same[0].id: same[0].file for same in alike.values() if len(same) == 1}
    for same in alike.values():
        if len(same) > 1:
            places |= _with_folders(same)
    return places


def _with_folders(papers: Sequence[Paper]) -> dict[str, str]:
    places: dict[str, str] = {}
    for count in range(2, max(len(paper.path.parts) for paper in papers)):
        ends = {paper.id: "/".join(paper.path.parts[-count:]) for paper in papers}
        often = Counter(end.casefold() for end in ends.values())
        for paper in papers:
            end = ends[paper.id]
            if often[end.casefold()] == 1 and count < len(paper.path.parts):
                places.setdefault(paper.id, end)
    return {paper.id: places.get(paper.id, paper.path.as_posix()) for paper in papers}
