"""An evaluation as one page of HTML: tables, plots, published figures, and how it was run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from r1agent.evaluate.anchors import PublishedBeside, anchors_for
from r1agent.evaluate.evaluation import Evaluation
from r1agent.report.evaluation.anchors import anchor_figure, comparable_text
from r1agent.report.evaluation.drawings import drawings
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
from r1agent.report.report_entry_html import text_to_html
from r1agent.report.report_style import STYLE

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = (
    STYLE.replace("max-width:50em", "max-width:75em")
    + ".r1agent-report .wide{overflow-x:auto}"
    + ".r1agent-report table{border-collapse:collapse;margin:1em 0}"
    + ".r1agent-report caption{text-align:left;font-weight:bold;padding:.3em 0}"
    + ".r1agent-report th,.r1agent-report td{border-bottom:1px solid #8886;padding:.35em .7em;"
    + "text-align:left;vertical-align:top;overflow-wrap:normal}"
    + ".r1agent-report td{font-variant-numeric:tabular-nums}"
    + ".r1agent-report tbody th{font-weight:inherit}"
    + ".r1agent-report figure{margin:1.5em 0;break-inside:avoid}"
    + ".r1agent-report svg{max-width:100%;height:auto}"
    + ".r1agent-report dt{font-weight:bold;float:left;clear:left;margin-right:.6em}"
    + ".r1agent-report dd{margin:0 0 .2em}"
    + "@media print{.r1agent-report .wide{overflow:visible}.r1agent-report tr{break-inside:avoid}}"
)


def evaluation_to_html(evaluation: Evaluation, *, plots: bool = True) -> str:
    """Write an evaluation as a page without script, that loads nothing and sends nothing.

    Everything that comes from data, models and file names is escaped; the only addresses in it
    are those of published figures.

    Args:
        evaluation: What is written.
        plots: Whether plots are drawn; they need matplotlib, and a note says so where it is not.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{text_to_html(evaluation.title)}</title><style>:root{{color-scheme:light dark}}"
        f"{_STYLE}</style></head><body>{_content(evaluation, plots=plots)}</body></html>\n"
    )


def evaluation_to_fragment(evaluation: Evaluation) -> str:
    """Write what stands in the page, with its style and without plots, for notebooks."""
    return f"<style>{_STYLE}</style>{_content(evaluation, plots=False)}"


def _content(evaluation: Evaluation, *, plots: bool) -> str:
    lines, by_kind = telling_lines(evaluation), [*kind_tables(evaluation)]
    notes = "".join(f"<p>{text_to_html(note)}</p>" for note in evaluation.notes)
    return (
        f'<main class="r1agent-report"><h1>{text_to_html(evaluation.title)}</h1>{notes}'
        f"{_systems(lines)}{_described('Metrics', metric_texts(evaluation))}"
        f"{drawings(lines, by_kind) if plots else ''}{''.join(map(_kinds, by_kind))}"
        f"{_published(anchors_for(evaluation))}"
        f"{_described('Setting', setting_lines(evaluation))}</main>"
    )


def _systems(lines: Sequence[SystemLine]) -> str:
    if not lines:
        return ""
    metrics = [score.metric.name for score in lines[0].scores]
    rows = "".join(map(_system, lines))
    compared = f" {COMPARED}" if len(lines) > 1 else ""
    return (
        _table("Systems", ["system", *metrics, "tokens", "seconds", "examples"], rows)
        + f"<p><small>{escape(INTERVALS + compared)} Tokens and seconds are means an example."
        "</small></p>"
    )


def _system(line: SystemLine) -> str:
    amounts = [amount_text(line.scored.tokens), amount_text(line.scored.seconds), line.examples]
    cells = [*map(_score, line.scores), *map(text_to_html, amounts)]
    return _row(line.name, cells)


def _score(score: Score) -> str:
    said = escape(figure_text(score.figure))
    if score.difference is None:
        return said
    differs = escape(difference_text(score.difference))
    return f"{said}<br>{f'<b>{differs}</b>' if excludes_zero(score.difference) else differs}"


def _kinds(table: KindTable) -> str:
    rows = "".join(
        _row(line.kind, [f"{line.examples:,}", *map(figure_text, line.figures)])
        for line in table.lines
    )
    return _table(f"{table.metric.name} by kind", ["kind", "examples", *table.systems], rows)


def _published(published: Sequence[PublishedBeside]) -> str:
    rows = "".join(
        _row(
            one.anchor.system,
            [
                text_to_html(one.anchor.data),
                text_to_html(f"{one.anchor.metric} {anchor_figure(one.anchor)}"),
                text_to_html(comparable_text(one)),
                text_to_html(one.anchor.conditions),
                f'<a href="{escape(one.anchor.url)}">{text_to_html(one.anchor.source)}</a>',
            ],
        )
        for one in published
    )
    names = ["system", "data", "figure", "beside this run", "conditions", "source"]
    return _table("Published figures", names, rows) if rows else ""


def _described(heading: str, pairs: Iterable[tuple[str, str]]) -> str:
    said = "".join(
        f"<dt>{text_to_html(name)}</dt><dd>{text_to_html(means)}</dd>" for name, means in pairs
    )
    return f"<h2>{heading}</h2><dl>{said}</dl>" if said else ""


def _table(caption: str, names: Iterable[str], rows: str) -> str:
    head = "".join(f'<th scope="col">{text_to_html(name)}</th>' for name in names)
    return (
        f'<div class="wide"><table><caption>{text_to_html(caption)}</caption>'
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(name: str, cells: Iterable[str]) -> str:
    """Write a row; its cells are HTML."""
    said = "".join(f"<td>{cell}</td>" for cell in cells)
    return f'<tr><th scope="row">{text_to_html(name)}</th>{said}</tr>'
