"""Plots of an evaluation with matplotlib: dots with intervals, by kind, and against tokens."""

from __future__ import annotations

from collections.abc import Sequence
from importlib.util import find_spec
from itertools import cycle
from math import ceil
from typing import TYPE_CHECKING

from r1agent.evaluate.metrics import Figure as Estimate
from r1agent.report.evaluation.table import KindTable, SystemLine
from r1agent.report.export_errors import ExportError
from r1agent.report.printable import shortened

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9")  # Okabe and Ito
_MARKERS = "osD^vP"
_REFERENCE = "#888888"
_NAME, _PANEL = 2.2, 3.6
"""Inches that the names of the systems and a panel take in width."""


def can_plot() -> bool:
    """Say whether matplotlib is installed."""
    return find_spec("matplotlib") is not None


def plot_scores(lines: Sequence[SystemLine]) -> Figure:
    """Draw each metric in a panel: a dot and its 95 % interval for each system.

    A dotted line marks the first system.

    Raises:
        ExportError: matplotlib is not installed.
    """
    metrics = len(lines[0].scores) if lines else 0
    columns = min(2, max(1, metrics))
    rows = max(1, ceil(metrics / columns))
    height = 0.3 * max(1, len(lines)) + 0.75
    figure = _figure(_NAME + columns * _PANEL, rows * height)
    panels = figure.subplots(rows, columns, sharey=True, squeeze=False).flat
    for place, panel in enumerate(panels):
        if place < metrics:
            _panel(panel, lines, place)
        else:
            panel.set_visible(False)
    return figure


def plot_kinds(table: KindTable) -> Figure:
    """Draw a metric by kind: a row for each kind, in it a dot and interval for each system.

    Raises:
        ExportError: matplotlib is not installed.
    """
    systems = len(table.systems)
    figure = _figure(_NAME + 1.6 * _PANEL, 0.22 * systems * len(table.lines) + 0.8 + 0.2 * systems)
    panel = figure.subplots()
    looks = zip(table.systems, cycle(_COLOURS), cycle(_MARKERS), strict=False)
    for place, (name, colour, marker) in enumerate(looks):
        offset = (place - (systems - 1) / 2) * 0.8 / max(1, systems)
        for row, line in enumerate(table.lines):
            _dot(panel, line.figures[place], row + offset, colour, marker)
        panel.plot([], [], color=colour, marker=marker, linestyle="", label=_label(name))
    panel.set_yticks(range(len(table.lines)), [_label(line.kind) for line in table.lines])
    panel.invert_yaxis()
    panel.set_xlabel(_label(table.metric.name))
    if systems > 1:
        figure.legend(loc="outside upper left", ncols=2, frameon=False)
    return figure


def plot_costs(lines: Sequence[SystemLine]) -> Figure:
    """Draw the first metric against the tokens that an example took.

    Raises:
        ExportError: matplotlib is not installed.
    """
    figure = _figure(_NAME + 1.6 * _PANEL, 3.4)
    panel = figure.subplots()
    looks = zip(lines, cycle(_COLOURS), cycle(_MARKERS), strict=False)
    for line, colour, marker in looks:
        estimate = line.scores[0].figure
        if estimate.value is None:
            continue
        panel.errorbar(
            line.scored.tokens, estimate.value, yerr=[[_below(estimate)], [_above(estimate)]],
            color=colour, marker=marker, capsize=3, linestyle="", label=_label(line.name),
        )  # fmt: skip
    panel.set_xlabel("tokens an example")
    panel.set_ylabel(_label(lines[0].scores[0].metric.name))
    panel.margins(x=0.08)
    panel.set_xlim(left=0)
    figure.legend(loc="outside upper left", ncols=2, frameon=False)
    return figure


def _figure(width: float, height: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as error:
        raise ExportError(
            "There is no matplotlib, which draws plots. Install it with "
            "`pip install 'r1agent[eval]'`."
        ) from error
    return Figure(figsize=(width, height), layout="constrained")


def _panel(panel: Axes, lines: Sequence[SystemLine], place: int) -> None:
    scores = [line.scores[place] for line in lines]
    if scores[0].figure.value is not None:
        panel.axvline(scores[0].figure.value, color=_REFERENCE, linestyle=":", linewidth=1)
    for row, score in enumerate(scores):
        _dot(panel, score.figure, row, _COLOURS[0], _MARKERS[0])
    panel.set_yticks(range(len(lines)), [_label(line.name) for line in lines])
    panel.set_ylim(len(lines) - 0.5, -0.5)
    lower = "" if scores[0].metric.higher_is_better else " (lower is better)"
    panel.set_title(_label(scores[0].metric.name) + lower, fontsize="medium")


def _dot(panel: Axes, estimate: Estimate, row: float, colour: str, marker: str) -> None:
    if estimate.value is None:
        return
    panel.errorbar(
        estimate.value, row, xerr=[[_below(estimate)], [_above(estimate)]], color=colour,
        marker=marker, markersize=5, capsize=3, linestyle="",
    )  # fmt: skip


def _below(estimate: Estimate) -> float:
    """Return how far the interval reaches down; a bootstrap may leave the figure outside it."""
    value, low = estimate.value, estimate.low
    return 0.0 if value is None or low is None else max(0.0, value - low)


def _above(estimate: Estimate) -> float:
    value, high = estimate.value, estimate.high
    return 0.0 if value is None or high is None else max(0.0, high - value)


def _label(text: str) -> str:
    return shortened(text, 40)
