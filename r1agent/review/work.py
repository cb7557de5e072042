"""A review under way: its outline and its answers, kept in a file beside what is made of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from r1agent.batch import BatchItem, BatchResult, Pool
from r1agent.batch.kept import KeptAnswers, answer_items
from r1agent.review.items import ids_of, items_of
from r1agent.review.outline import Outline, PlannedSection
from r1agent.types import Answer, Usage
from r1agent_indexes import Paper


@dataclass(slots=True)
class ReviewWork:
    """The outline of a review, what is answered of it, and what is to be asked."""

    outline: Outline
    kept: KeptAnswers
    papers: tuple[Paper, ...]
    """Those of the index, near-duplicates left out."""
    each: int
    """Papers of a section that are asked one by one."""
    errors: dict[str, str] = field(default_factory=dict)
    """Why items have no answer, by id; the next call tries them again."""

    @property
    def items(self) -> list[BatchItem]:
        """Everything that the outline asks."""
        return items_of(self.outline, self.papers, each=self.each)

    @property
    def waiting(self) -> list[BatchItem]:
        """What is to be asked still."""
        return [item for item in self.items if item.id not in self.kept.answers]

    @property
    def new_papers(self) -> tuple[Paper, ...]:
        """Papers that came into the index since the outline was made, and are in no section."""
        placed = {paper for section in self.outline.sections for paper in section.papers}
        known = placed | set(self.outline.papers)
        return tuple(paper for paper in self.papers if paper.id not in known)

    @property
    def outcomes(self) -> Counter[str]:
        """How often each outcome came; errors count as failed."""
        counts = Counter[str](answer.outcome for answer in self.kept.answers.values())
        counts["failed"] += sum(one not in self.kept.answers for one in self.errors)
        return counts

    @property
    def titles(self) -> dict[str, str]:
        """Titles of papers by id; those of papers that left the index come from their quotes."""
        quoted = [quote for answer in self.kept.answers.values() for quote in answer.citations]
        before = {quote.paper: quote.title or quote.file for quote in quoted}
        return before | {paper.id: paper.title for paper in self.papers}

    @property
    def usage(self) -> dict[str, Usage]:
        """What all kept answers cost, by role; also those of which nothing is shown."""
        whole: dict[str, Usage] = {}
        for answer in self.kept.answers.values():
            for role, used in answer.audit.usage.items():
                whole[role] = whole.get(role, Usage()) + used
        return whole

    def answers_of(self, section: PlannedSection) -> dict[str, Answer]:
        """Return the answers of a section by the ids of their items, best papers first."""
        ids = ids_of(section, self.kept.answers)
        places = {paper: place for place, paper in enumerate(section.papers)}
        ordered = sorted(ids, key=lambda one: places.get(one.partition(":")[2], -1))
        return {one: self.kept.answers[one] for one in ordered}

    def ask(self, pool: Pool, *, on_result: Callable[[BatchResult], None] | None = None) -> None:
        """Ask what is to be asked still, section by section, and keep the answers.

        Raises:
            ModelServerError: The server failed for three questions in a row.
        """

        def note(result: BatchResult) -> None:
            if result.error is not None:
                self.errors[result.item.id] = str(result.error)
            if on_result is not None:
                on_result(result)

        answer_items(pool, self.items, self.kept, on_result=note)

    def replan(self, outline: Outline, *, redo: Collection[PlannedSection] = ()) -> None:
        """Take another outline; answers to questions that it still asks stay as they are."""
        wanted = {one for section in outline.sections for one in ids_of(section, self.kept.answers)}
        again = {one for section in redo for one in ids_of(section, self.kept.answers)}
        self.outline = outline
        gone = [one for one in self.kept.answers if one not in wanted or one in again]
        self.kept.drop(gone, job=outline.to_json())

    def retry_failed(self) -> None:
        """Forget the runs that failed, so that they are tried again."""
        failed = [one for one, answer in self.kept.answers.items() if answer.outcome == "failed"]
        if failed:
            self.kept.drop(failed)
