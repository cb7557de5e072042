"""A review as a report: its sections in order, and what stands at the end of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from r1agent.checks.judging import Judge
from r1agent.reports import Entry, Report, Section
from r1agent.review.closing import DISPUTES, SILENT, UNANSWERED, closing_sections
from r1agent.review.disputes import Dispute, disputes_in
from r1agent.review.notes import listed, notes
from r1agent.review.outline import PlannedSection
from r1agent.review.said import Said
from r1agent.review.work import ReviewWork
from r1agent.types import Answer
from r1agent.words import counted


def written(work: ReviewWork, judge: Judge | None = None) -> Report:
    """Make a report of what is answered so far.

    Args:
        work: The outline and its answers.
        judge: Of the gate; says which sentences contradict which quotes.
    """
    said = Said()
    disputes: list[Dispute] = []
    parts: list[_Part] = []
    for number, planned in enumerate(work.outline.sections, 1):
        found = disputes_in(work.answers_of(planned).values(), judge)
        disputes += [one for one in found if one not in disputes]
        parts.append(_Part(number, planned, work, said, len(found)))
    told: set[str] = set()
    sections = [part.section(told) for part in parts]  # once all have lent their quotes
    return Report(
        kind="review",
        title=work.outline.topic,
        sections=(*sections, *closing_sections(work, disputes)),
        notes=notes(work),
    )


class _Part:
    """A section while others are written, since a later one may lend it a quote."""

    def __init__(
        self, number: int, planned: PlannedSection, work: ReviewWork, said: Said, disputes: int
    ) -> None:
        self.number = number
        self.planned = planned
        self.work = work
        self.disputes = disputes
        self.answers = work.answers_of(planned)
        taken = {
            item: said.take(answer, number)
            for item, answer in self.answers.items()
            if answer.outcome == "answered"
        }
        self.kept = {item: kept for item, (kept, _) in taken.items() if not kept.is_empty}
        elsewhere = (place for _, before in taken.values() for place in before)
        self.before = [place for place in elsewhere if place != number]

    def section(self, told: set[str]) -> Section:
        """Return the section.

        Args:
            told: Notices that stand in the review already; those of this section are added.
        """
        titles = self.work.titles
        entries = tuple(
            Entry(_noticed_once(kept.shown(), told), titles.get(item.partition(":")[2], ""))
            for item, kept in self.kept.items()
        )
        return Section(f"{self.number} {self.planned.heading}", entries, tuple(self._notes()))

    def _notes(self) -> Iterable[str]:
        if self.planned.question != self.planned.heading:
            yield f"Question: {self.planned.question}"
        if not self.kept and not self.before:
            yield _nothing(list(self.answers.values()))
        for number, times in sorted(Counter(self.before).items()):
            heading = self.work.outline.sections[number - 1].heading
            yield f"Said before, in {number} {heading}: {counted(times, 'sentence')}."
        if self.disputes:
            yield f"{counted(self.disputes, 'contradiction')} between papers: see “{DISPUTES}”."
        if together := self._asked_together():
            yield f"Asked together, not one by one: {together}."

    def _asked_together(self) -> str:
        """Name the papers that were too many to be asked one by one."""
        titles = self.work.titles
        rest = self.planned.papers[self.work.each :]
        return listed([titles[paper] for paper in rest if paper in titles])


def _noticed_once(answer: Answer, told: set[str]) -> Answer:
    new = tuple(notice for notice in answer.audit.notices if notice not in told)
    told.update(new)
    return replace(answer, audit=replace(answer.audit, notices=new))


def _nothing(answers: Sequence[Answer]) -> str:
    silent = any(answer.outcome == "not_in_papers" for answer in answers)
    return f"Nothing could be proved: see “{SILENT if silent else UNANSWERED}”."
