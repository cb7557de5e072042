"""A review while it is made: its outline, a line for each finished section, how much is left."""

from __future__ import annotations

from collections import Counter

from rich.text import Text

from r1agent.batch import BatchResult
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import OUTCOME_STYLES
from r1agent.report.watching.job_view import JobView
from r1agent.report.watching.view import RunView
from r1agent.review.items import whole_id
from r1agent.review.outline import PlannedSection
from r1agent.review.work import ReviewWork
from r1agent.words import counted


class ReviewView(JobView):
    """Show a review through the view of a single run."""

    def __init__(self, view: RunView) -> None:
        """Store the view."""
        super().__init__(view)
        self._done = self._total = 0
        self._work: ReviewWork | None = None
        self._left: Counter[str] = Counter()

    def begin(self, work: ReviewWork) -> None:
        """Show the outline, and that the first question is asked."""
        waiting = work.waiting
        self._work, self._total = work, len(waiting)
        self._left = Counter(item.id.partition(":")[0] for item in waiting)
        for number, section in enumerate(work.outline.sections, 1):
            papers = counted(len(section.papers), "paper")
            body = Text(one_line(section.heading))
            body.append(f"  {papers}, {self._left[whole_id(section)]} to ask", style="dim")
            self._view.line(Hanging(f"{number} ", body, style="bold"))
        self._go_on()

    def result(self, result: BatchResult) -> None:
        """Show how a question ended, and its section where that was the last one of it."""
        self._done += 1
        key = result.item.id.partition(":")[0]
        self._left[key] -= 1
        if not result.ok:
            reason = Text(f"{shortened(result.item.question, 60)}: {one_line(result.reason)}")
            self._view.line(Hanging("✗ ", reason, style=OUTCOME_STYLES["failed"]))
        if not self._left[key]:
            self._finished(key)
        self._go_on()

    def _finished(self, key: str) -> None:
        sections = self._work.outline.sections if self._work else ()
        for number, section in enumerate(sections, 1):
            if whole_id(section) == key:
                self._view.line(self._line(number, section))

    def _line(self, number: int, section: PlannedSection) -> Hanging:
        answers = self._work.answers_of(section).values() if self._work else ()
        quotes = {quote for answer in answers for quote in answer.citations}
        papers = counted(len({quote.paper for quote in quotes}), "paper")
        answered = sum(answer.outcome == "answered" for answer in answers)
        body = Text(f"{shortened(section.heading, 50)}  ")
        body.append(
            f"{answered} of {len(answers)} answered", style="green" if answered else "yellow"
        )
        body.append(f"  {counted(len(quotes), 'quote')} of {papers}", style="dim")
        return Hanging(f"✓ {number} ", body, style="green" if answered else "yellow")

    def _go_on(self) -> None:
        fraction = self._done / max(self._total, 1)
        self._view.loading(f"{self._done} of {self._total} questions done", fraction)
