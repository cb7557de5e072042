"""The plots of an evaluation's page, each with its words, or a note that there are none."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from r1agent.report.evaluation.plot import can_plot, plot_costs, plot_kinds, plot_scores
from r1agent.report.evaluation.svg import figure_to_svg
from r1agent.report.evaluation.table import KindTable, SystemLine, amount_text, figure_text
from r1agent.report.report_entry_html import text_to_html

_MISSING = (
    "There are no plots: matplotlib is not installed. `pip install 'r1agent[eval]'`, and the "
    "same command draws them."
)


def drawings(lines: Sequence[SystemLine], by_kind: Sequence[KindTable]) -> str:
    """Write the plots as HTML; nothing where no figure could be computed."""
    if not any(score.figure.value is not None for line in lines for score in line.scores):
        return ""
    if not can_plot():
        return f"<p>{text_to_html(_MISSING)}</p>"
    return f"<h2>Plots</h2>{_scores(lines)}{_kinds(by_kind)}{_costs(lines)}"


def _scores(lines: Sequence[SystemLine]) -> str:
    told = "; ".join(
        f"{score.metric.name} of {line.name} {figure_text(score.figure)}"
        for line in lines
        for score in line.scores
    )
    drawn = figure_to_svg(partial(plot_scores, lines), told=told, name="scores")
    about = "Each system's figures with their 95 % intervals"
    return _drawing(drawn, f"{about}{'; dotted: the first system' if len(lines) > 1 else ''}.")


def _kinds(by_kind: Sequence[KindTable]) -> str:
    if not by_kind:
        return ""
    table = by_kind[0]
    told = "; ".join(
        f"{line.kind}, {name} {figure_text(estimate)}"
        for line in table.lines
        for name, estimate in zip(table.systems, line.figures, strict=True)
    )
    drawn = figure_to_svg(partial(plot_kinds, table), told=told, name="kinds")
    return _drawing(drawn, f"{table.metric.name} by kind, with 95 % intervals.")


def _costs(lines: Sequence[SystemLine]) -> str:
    """Draw what the score cost, where several systems asked a model."""
    asked = [line for line in lines if line.scored.tokens and line.scores]
    if len(asked) < 2:
        return ""
    told = "; ".join(
        f"{line.name} {figure_text(line.scores[0].figure)} for {amount_text(line.scored.tokens)} "
        "tokens"
        for line in asked
    )
    drawn = figure_to_svg(partial(plot_costs, asked), told=told, name="costs")
    return _drawing(drawn, f"{asked[0].scores[0].metric.name} against tokens an example.")


def _drawing(drawn: str, about: str) -> str:
    return f"<figure>{drawn}<figcaption>{text_to_html(about)}</figcaption></figure>"
