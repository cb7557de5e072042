"""What an evaluation came to: each system's rows, its figures, and how it compares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from r1agent.evaluate.metrics import Figure, Metric, difference, figure
from r1agent.types import Outcome, Usage

if TYPE_CHECKING:
    from matplotlib.figure import Figure as MatplotlibFigure


@dataclass(frozen=True, slots=True)
class Row:
    """One example, as one system answered it."""

    example: str
    """Its id."""
    kind: str
    outcome: Outcome
    measures: Mapping[str, float]
    usage: Usage
    seconds: float
    """From question to answer, while others were in flight."""
    time: int = 1
    """Which time the example was put to the system, from 1."""


@dataclass(frozen=True, slots=True)
class Scored:
    """What one system made of the examples."""

    system: str
    model: str
    """Empty where no model answered."""
    rows: Sequence[Row]
    _figures: dict[tuple[object, ...], Figure] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )
    """Those that were computed: every report, table and plot asks for the same."""

    @property
    def name(self) -> str:
        """The system, and the model where one answered."""
        return f"{self.system} · {self.model}" if self.model else self.system

    @property
    def tokens(self) -> float:
        """Prompt and completion tokens an example, mean."""
        used = [row.usage.prompt_tokens + row.usage.completion_tokens for row in self.rows]
        return sum(used) / max(1, len(used))

    @property
    def seconds(self) -> float:
        """Seconds an example, mean, while others were in flight."""
        return sum(row.seconds for row in self.rows) / max(1, len(self.rows))

    def kinds(self) -> list[str]:
        """List the groups of the examples, in order; empty where there are none."""
        return [kind for kind in dict.fromkeys(row.kind for row in self.rows) if kind]

    def figure(self, metric: Metric, *, kind: str | None = None, seed: int = 0) -> Figure:
        """Return a metric over all rows, or over those of one kind."""
        key = (metric.name, kind, seed)
        if key not in self._figures:
            rows = [row for row in self.rows if kind in (None, row.kind)]
            self._figures[key] = figure(metric, [*by_example(rows).values()], seed=seed)
        return self._figures[key]

    def difference(self, other: Scored, metric: Metric, *, seed: int = 0) -> Figure:
        """Return how much larger a metric is than for `other`, over examples that both answered."""
        key = (metric.name, other.system, other.model, seed)
        if key not in self._figures:
            self._figures[key] = self._difference(other, metric, seed)
        return self._figures[key]

    def _difference(self, other: Scored, metric: Metric, seed: int) -> Figure:
        first, second = by_example(self.rows), by_example(other.rows)
        shared = [example for example in first if example in second]
        return difference(
            metric,
            [first[example] for example in shared],
            [second[example] for example in shared],
            seed=seed,
        )


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A task put to systems: what a report is made of."""

    task: str
    title: str
    data: str
    """What was read, such as the name of a file or folder."""
    metrics: Sequence[Metric]
    scored: Sequence[Scored]
    setting: Mapping[str, str]
    """`machine`, `versions`, `date`, `seed`, and how it was asked."""
    notes: Sequence[str] = ()
    """What a reader must know: a subset, something that could not be measured."""
    details: Mapping[str, float] = field(default_factory=dict)
    """Counts beside the metrics, by name."""

    def plot(self) -> MatplotlibFigure:
        """Draw each metric: a dot and its 95 % interval for each system.

        Raises:
            ExportError: matplotlib is not installed.
        """
        from r1agent.report.evaluation.plot import plot_scores
        from r1agent.report.evaluation.table import system_lines

        return plot_scores(system_lines(self))

    def _repr_html_(self) -> str:
        from r1agent.report.evaluation.html import evaluation_to_fragment

        return evaluation_to_fragment(self)

    def _repr_markdown_(self) -> str:
        from r1agent.report.evaluation.markdown import evaluation_to_markdown

        return evaluation_to_markdown(self)


def by_example(rows: Sequence[Row]) -> dict[str, dict[str, float]]:
    """Return the mean measures of each example over the times that it was put to a system.

    So an example that was put three times is drawn as one: its answers are alike.
    """
    times: dict[str, list[Mapping[str, float]]] = {}
    for row in rows:
        times.setdefault(row.example, []).append(row.measures)
    return {
        example: {name: sum(one[name] for one in measured) / len(measured) for name in measured[0]}
        for example, measured in times.items()
    }
