"""An evaluation while it runs: how far each system is, and its first figure so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.watching.job_view import JobView
from r1agent.report.watching.view import RunView
from r1agent.words import counted

if TYPE_CHECKING:
    from r1agent.evaluate.evaluation import Row
    from r1agent.evaluate.metrics import Metric

_EVERY = 0.5
"""Seconds between two looks at the figure, which takes longer the more rows there are."""


class EvaluationView(JobView):
    """Show an evaluation through the view of a single run.

    Args:
        view: Where to show.
        metric: The figure that is shown on the way.
        clock: In seconds.
    """

    def __init__(
        self, view: RunView, metric: Metric, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(view, "Reading the data")
        self.new = 0
        """Rows that came, of all systems."""
        self._metric = metric
        self._clock = clock
        self._begin("", (), 0)

    def begin(self, system: str, before: Sequence[Row], total: int) -> None:
        """Show which system is asked now, and what it had answered before."""
        self._begin(system, before, total)
        if before:
            self._line(f"{len(before)} of {counted(total, 'example')} answered before")
        self._progress()

    def row(self, row: Row) -> None:
        """Take in what a system made of an example; a failure gets a line."""
        self.new += 1
        self._measures.append(row.measures)
        if row.outcome == "failed":
            self._failed += 1
            self._line(f"{shortened(one_line(row.example), 60)} failed, {row.seconds:.0f} s")
        self._progress()

    def end(self) -> None:
        """Say in a line what the system came to."""
        if self._measures:
            self._looked = 0.0
            seconds = self._clock() - self._began
            self._line(f"{self._detail()}, in {seconds:.0f} s")

    def _begin(self, system: str, before: Sequence[Row], total: int) -> None:
        self._system = shortened(one_line(system), 60)
        self._total = total
        self._measures = [row.measures for row in before]
        self._failed = sum(row.outcome == "failed" for row in before)
        self._began = self._clock()
        self._looked = 0.0
        self._figure = ""

    def _progress(self) -> None:
        share = len(self._measures) / max(1, self._total)
        self._view.loading(f"asking {self._system}", share, self._detail())

    def _detail(self) -> str:
        failed = f"{self._failed} failed" if self._failed else ""
        place = f"{len(self._measures)} of {counted(self._total, 'example')}"
        return ", ".join(filter(None, [place, self._so_far(), failed]))

    def _so_far(self) -> str:
        """Return the first figure over what has come."""
        now = self._clock()
        if self._measures and now - self._looked >= _EVERY:
            self._looked = now
            self._figure = _told(self._metric, self._measures)
        return self._figure

    def _line(self, text: str) -> None:
        self._view.line(Hanging("", Text.assemble((f"{self._system}  ", "bold"), text)))


def _told(metric: Metric, measures: list[Mapping[str, float]]) -> str:
    import numpy as np

    columns = {name: np.array([[one[name] for one in measures]]) for name in metric.measures}
    value = float(metric.of(columns)[0])
    return "" if np.isnan(value) else f"{one_line(metric.name)} {value:.3f}"
