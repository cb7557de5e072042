"""An evaluation as it stands in a terminal: systems against metrics, in as many tables as fit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.table import Table
from rich.text import Text

from r1agent.evaluate.anchors import anchors_for
from r1agent.evaluate.evaluation import Evaluation
from r1agent.report.evaluation.anchors import anchor_lines
from r1agent.report.evaluation.table import (
    COMPARED,
    INTERVALS,
    KindTable,
    Score,
    SystemLine,
    amount_text,
    difference_text,
    excludes_zero,
    figure_text,
    kind_tables,
    metric_texts,
    setting_lines,
    telling_lines,
)
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.words import counted

_NAME, _FIGURE, _DIFFERENCE, _EXAMPLES, _AMOUNTS = 16, 25, 28, 10, 22
"""Columns of a terminal that a name, a figure and so on take at least."""


def evaluation_to_terminal(evaluation: Evaluation) -> RenderableType:
    """Build what `r1agent eval` prints; every text in it is stripped of control characters.

    Of the kinds only the first metric is shown, and of published figures those of the same data;
    the other formats show all.
    """
    title = Hanging("", Text(one_line(evaluation.title), style="bold"))
    blocks: list[Sequence[RenderableType]] = [
        [title],
        [Hanging("Note: ", Text(one_line(note)), style="yellow") for note in evaluation.notes],
        _systems(telling_lines(evaluation)),
        _kinds(next(kind_tables(evaluation), None)),
        _metrics(evaluation),
        _anchors(evaluation),
        _setting(evaluation),
    ]
    spaced: list[RenderableType] = []
    for block in filter(None, blocks):
        spaced += [Text(), *block] if spaced else block
    return Group(*spaced)


def _systems(lines: Sequence[SystemLine]) -> list[RenderableType]:
    return [_Systems(lines)] if lines else []


def _kinds(table: KindTable | None) -> list[RenderableType]:
    if table is None:
        return []
    return [Text(f"{one_line(table.metric.name)} by kind", style="bold"), _Kinds(table)]


def _metrics(evaluation: Evaluation) -> list[RenderableType]:
    told = INTERVALS + (f" {COMPARED}" if len(evaluation.scored) > 1 else "")
    return [
        *(
            Hanging(f"{one_line(name)}: ", Text(one_line(means), style="dim"))
            for name, means in metric_texts(evaluation)
        ),
        Hanging("", Text(told, style="dim")),
    ]


def _setting(evaluation: Evaluation) -> list[RenderableType]:
    lines = [f"{one_line(name)}: {one_line(of)}" for name, of in setting_lines(evaluation)]
    return [Hanging("", Text("; ".join(lines), style="dim"))] if lines else []


def _anchors(evaluation: Evaluation) -> list[RenderableType]:
    published = anchors_for(evaluation)
    if not published:
        return []
    same = [one for one in published if one.same_data]
    told = [Hanging("  ", Text(one_line(line))) for line in anchor_lines(same)]
    others = len(published) - len(same)
    if others:
        line = f"{counted(others, 'figure')} of other data: the report of `-o FILE.html` has them."
        told.append(Hanging("  ", Text(line, style="dim")))
    return [Text("Published", style="bold"), *told]


@dataclass(frozen=True, slots=True)
class _Systems:
    """Systems against metrics; where they do not fit side by side, in tables one below another."""

    lines: Sequence[SystemLine]

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        compared = len(self.lines) > 1
        column = _DIFFERENCE if compared else _FIGURE
        fits = max(1, (options.max_width - _NAME - _AMOUNTS) // column)
        metrics = len(self.lines[0].scores)
        for begin in range(0, max(1, metrics), fits):
            yield from [Text()] if begin else []
            narrow = options.max_width < _NAME + column + _AMOUNTS
            yield self._table(slice(begin, begin + fits), wrap=narrow)

    def _table(self, part: slice, *, wrap: bool) -> Table:
        table = _table("system")
        for score in self.lines[0].scores[part]:
            table.add_column(Text(one_line(score.metric.name)), no_wrap=not wrap)
        for heading in ("tokens", "s", "examples"):
            table.add_column(heading, justify="right")
        for line in self.lines:
            amounts = [amount_text(line.scored.tokens), amount_text(line.scored.seconds)]
            cells = [_score(score) for score in line.scores[part]]
            name = Text(one_line(line.name))
            table.add_row(name, *cells, *map(Text, [*amounts, line.examples]))
        return table


@dataclass(frozen=True, slots=True)
class _Kinds:
    """Kinds against systems, for one metric."""

    table: KindTable

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        fits = max(1, (options.max_width - _NAME - _EXAMPLES) // _FIGURE)
        for begin in range(0, len(self.table.systems), fits):
            yield from [Text()] if begin else []
            yield self._part(slice(begin, begin + fits))

    def _part(self, part: slice) -> Table:
        table = _table("kind")
        table.add_column("examples", justify="right")
        for system in self.table.systems[part]:
            table.add_column(Text(one_line(system)))
        for line in self.table.lines:
            cells = [Text(figure_text(one)) for one in line.figures[part]]
            table.add_row(Text(one_line(line.kind)), Text(f"{line.examples:,}"), *cells)
        return table


def _table(first: str) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="bold")
    table.add_column(first, overflow="fold", min_width=_NAME - 2)
    return table


def _score(score: Score) -> Text:
    text = Text(figure_text(score.figure))
    if score.difference is not None:
        style = "bold" if excludes_zero(score.difference) else "dim"
        text.append(f"\n{difference_text(score.difference)}", style=style)
    return text
