"""An evaluation as Markdown: tables of scores, of differences and by kind."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from r1agent.evaluate.anchors import PublishedBeside, anchors_for
from r1agent.evaluate.evaluation import Evaluation
from r1agent.report.evaluation.anchors import anchor_figure, comparable_text
from r1agent.report.evaluation.table import (
    COMPARED,
    INTERVALS,
    KindTable,
    SystemLine,
    amount_text,
    difference_text,
    figure_text,
    kind_tables,
    metric_texts,
    setting_lines,
    telling_lines,
)
from r1agent.report.markdown_text import markdown_text


def evaluation_to_markdown(evaluation: Evaluation) -> str:
    """Write an evaluation for Pandoc, GitHub and Obsidian; text of data and models is escaped."""
    blocks = [
        f"# {markdown_text(evaluation.title)}",
        *map(markdown_text, evaluation.notes),
        *_systems(telling_lines(evaluation)),
        *_metrics(evaluation),
        *(block for table in kind_tables(evaluation) for block in _kinds(table)),
        *_published(anchors_for(evaluation)),
        *_setting(evaluation),
    ]
    return "\n\n".join(blocks) + "\n"


def _systems(lines: Sequence[SystemLine]) -> Iterator[str]:
    if not lines:
        return
    metrics = [score.metric.name for score in lines[0].scores]
    yield _table(
        ["system", *metrics, "tokens", "seconds", "examples"],
        [
            [
                markdown_text(line.name),
                *(figure_text(score.figure) for score in line.scores),
                amount_text(line.scored.tokens),
                amount_text(line.scored.seconds),
                line.examples,
            ]
            for line in lines
        ],
    )
    yield f"{INTERVALS}{f' {COMPARED}' if len(lines) > 1 else ''}"
    if len(lines) > 1:
        yield f"Difference from {markdown_text(lines[0].name)}:"
        yield _table(
            ["system", *metrics],
            [[markdown_text(line.name), *_differences(line)] for line in lines[1:]],
        )


def _differences(line: SystemLine) -> Iterator[str]:
    for score in line.scores:
        yield difference_text(score.difference).replace("*", "\\*") if score.difference else ""


def _metrics(evaluation: Evaluation) -> Iterator[str]:
    told = metric_texts(evaluation)
    yield "\n".join(f"- {markdown_text(name)}: {markdown_text(means)}" for name, means in told)


def _kinds(table: KindTable) -> Iterator[str]:
    yield f"## {markdown_text(table.metric.name)} by kind"
    rows = [
        [markdown_text(line.kind), f"{line.examples:,}", *map(figure_text, line.figures)]
        for line in table.lines
    ]
    yield _table(["kind", "examples", *table.systems], rows)


def _published(published: Sequence[PublishedBeside]) -> Iterator[str]:
    if not published:
        return
    yield "## Published figures"
    yield _table(
        ["system", "data", "metric", "figure", "beside this run", "conditions", "source"],
        [
            map(
                markdown_text,
                [
                    one.anchor.system,
                    one.anchor.data,
                    one.anchor.metric,
                    anchor_figure(one.anchor),
                    comparable_text(one),
                    one.anchor.conditions,
                    f"{one.anchor.source}, {one.anchor.url}",
                ],
            )
            for one in published
        ],
    )


def _setting(evaluation: Evaluation) -> Iterator[str]:
    lines = setting_lines(evaluation)
    if lines:
        yield "## Setting"
        yield "\n".join(f"- {markdown_text(name)}: {markdown_text(value)}" for name, value in lines)


def _table(names: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """Write a table; the names of columns are escaped here, its cells are Markdown."""
    header = [*map(markdown_text, names)]
    return "\n".join([_line(header), _line("---" for _ in header), *map(_line, rows)])


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
