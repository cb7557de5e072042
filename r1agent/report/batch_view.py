"""A batch while it runs: a line for each finished question, and how many are left."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from rich.console import RenderableType
from rich.text import Text

from r1agent.batch import BatchResult
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import OUTCOME_STYLES
from r1agent.report.view import RunView
from r1agent.words import counted


class BatchView:
    """Show results of a batch through the view of a single run."""

    def __init__(self, view: RunView, total: int) -> None:
        """Store the view and the number of questions to ask."""
        self.done = 0
        self._view = view
        self._total = total

    def __enter__(self) -> Self:
        """Start showing."""
        self._view.__enter__()
        self._view.loading("Starting", None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing."""
        self._view.__exit__(kind, error, trace)

    def loading(self, text: str, fraction: float | None) -> None:
        """Show what is being loaded."""
        self._view.loading(text, fraction)

    def begin(self) -> None:
        """Show that the first question is asked."""
        self._view.loading(f"{self.done} of {self._total} done", self.done / max(self._total, 1))

    def result(self, result: BatchResult) -> None:
        """Show how a question ended."""
        self.done += 1
        self._view.line(_line(result, f"{self.done}/{self._total}"))
        self.begin()


def _line(result: BatchResult, place: str) -> RenderableType:
    outcome = result.answer.outcome if result.answer else "failed"
    body = Text(f"{shortened(result.item.id, 40)}  ")
    body.append(outcome, style=OUTCOME_STYLES[outcome])
    quotes = len(result.answer.citations) if result.answer else 0
    body.append(f"  {counted(quotes, 'quote')}, {result.seconds:.0f} s", style="dim")
    if result.reason:
        body.append(f"  {one_line(result.reason)}")
    return Hanging(f"{place} ", body, style="dim")
