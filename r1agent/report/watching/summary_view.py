"""Summaries while they are made: a line for each aspect, and how many papers are done."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import OUTCOME_STYLES
from r1agent.report.watching.job_view import JobView
from r1agent.report.watching.view import RunView
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent.batch import BatchResult
    from r1agent.summaries import PaperToSummarize


class SummaryView(JobView):
    """Show the aspects of papers, as they are answered, through the view of a single run."""

    def __init__(self, view: RunView) -> None:
        """Store the view."""
        self.done = 0
        super().__init__(view, "Looking at the papers")
        self._labels: dict[str, tuple[str, str]] = {}
        self._left: Counter[str] = Counter()
        self._total = 0

    def note(self, text: str) -> None:
        """Say something that stays."""
        self._view.line(Text(one_line(text)))

    def begin(self, papers: Sequence[PaperToSummarize], asked: Sequence[str]) -> None:
        """Show what is to be done.

        Args:
            papers: All papers of the report.
            asked: Ids of the aspects that are still to be asked.
        """
        whole = [(paper, aspect) for paper in papers for aspect in paper.aspects]
        self._labels = {paper.item(aspect): (paper.within, aspect.label) for paper, aspect in whole}
        self._left = Counter(self._labels[item][0] for item in asked)
        self._total = len(asked)
        self._progress()

    def result(self, result: BatchResult) -> None:
        """Show how an aspect of a paper ended."""
        self.done += 1
        file, label = self._labels[result.item.id]
        self._left[file] -= 1
        self._view.line(_line(result, file, label, f"{self.done}/{self._total}"))
        self._progress()

    def _progress(self) -> None:
        finished = sum(not left for left in self._left.values())
        text = f"{self.done} of {self._total} asked, {finished} of {len(self._left)} papers done"
        self._view.loading(text, self.done / max(self._total, 1))


def _line(result: BatchResult, file: str, label: str, place: str) -> RenderableType:
    outcome = result.answer.outcome if result.answer else "failed"
    body = Text(f"{shortened(file, 60)}  {label}  ")
    body.append(outcome, style=OUTCOME_STYLES[outcome])
    quotes = len(result.answer.citations) if result.answer and outcome == "answered" else 0
    body.append(f"  {counted(quotes, 'quote')}, {result.seconds:.0f} s", style="dim")
    if result.reason:
        body.append(f"  {one_line(result.reason)}")
    return Hanging(f"{place} ", body, style="dim")
