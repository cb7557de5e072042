"""A table over papers as a page of HTML whose quotes fold out, and as a piece for notebooks."""

from __future__ import annotations

from html import escape

from r1agent.report.printable import one_line
from r1agent.report.references import page
from r1agent.tables.cells import Cell, Export, Row, as_it_is
from r1agent.tables.legend import legend, works
from r1agent.tables.table import Table
from r1agent.types import Citation

_STYLE = (
    ".r1agent-table{overflow:auto;max-height:95vh}"
    ".r1agent-table table{border-collapse:separate;border-spacing:0;text-align:left}"
    ".r1agent-table th,.r1agent-table td{border:1px solid #8886;padding:.4em .6em;"
    "vertical-align:top;text-align:left;min-width:11em;max-width:26em;overflow-wrap:anywhere}"
    ".r1agent-table thead th{position:sticky;top:0;background:Canvas;color:CanvasText;z-index:1;"
    "border-bottom:2px solid}"
    ".r1agent-table tbody th{font-weight:inherit}"
    ".r1agent-table blockquote{border-left:3px solid #8886;margin:.3em 0;padding-left:.8em}"
    ".r1agent-table small{opacity:.8}"
    "@media print{.r1agent-table{max-height:none}}"
)
_PAGE = (
    ":root{color-scheme:light dark}body{font:15px/1.45 sans-serif;margin:1.5em}"
    "h1{font-size:1.4em;margin:0 0 .5em}"
)
_POLICY = "default-src 'none'; style-src 'unsafe-inline'"


def table_to_html(table: Table, *, style: str | None = None, export: Export = as_it_is) -> str:
    """Write a page that needs no network, no script and no other file.

    Args:
        table: What is written.
        style: CSL style of a bibliography of the cited papers; without it there is none.
        export: Makes of an answer's text what is written.

    Raises:
        ExportError: There is no such style.
    """
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{_text(table.form.title)}</title><style>{_PAGE}{_STYLE}</style></head><body>"
        f"<h1>{_text(table.form.title)}</h1>{_body(table, export)}{_bibliography(table, style)}"
        "</body></html>\n"
    )


def table_fragment(table: Table) -> str:
    """Write the table as a self-contained piece of HTML, for notebooks.

    Everything that comes from a paper, a model or a file name is escaped.
    """
    return f"<div><style>{_STYLE}</style>{_body(table, as_it_is)}</div>"


def _body(table: Table, export: Export) -> str:
    said = "".join(f"<p>{_text(line)}</p>" for line in [*table.notes, *legend(table)])
    columns = "".join(
        f'<th scope="col">{_text(one.name)}<br><small>{_text(one.question)}</small></th>'
        for one in table.form.columns
    )
    rows = "".join(_row(row, export) for row in table.rows)
    return (
        f'{said}<div class="r1agent-table"><table><thead><tr><th scope="col">Paper</th>{columns}'
        f"</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def _row(row: Row, export: Export) -> str:
    file, title, authors, year, *_ = row.values()
    about = ", ".join(filter(None, [authors, str(year or "")]))
    lines = "<br>".join(f"<small>{_text(one)}</small>" for one in (about, file) if one and title)
    cells = "".join(f"<td>{_cell(cell, export)}</td>" for cell in row.cells)
    paper = f"<b>{_text(title or file)}</b>{'<br>' if lines else ''}{lines}"
    return f'<tr><th scope="row">{paper}</th>{cells}</tr>\n'


def _cell(cell: Cell, export: Export) -> str:
    said = cell.told(export, _text)
    if cell.outcome != "answered":
        return f"<i>{said}</i>" if cell.outcome in ("failed", "refused") else said
    figure = cell.figure
    number = f"<b>{_text(f'{figure.text} {figure.unit}')}</b><br>" if figure else ""
    quotes = "".join(map(_quote, cell.citations))
    otherwise = "".join(
        f"<p>Says otherwise ({_text(one.reason)}):</p>{_quote(one.citation)}"
        for one in cell.contradictions
    )
    return f"{number}{said}{quotes}{otherwise}"


def _quote(citation: Citation) -> str:
    return (
        f"<details><summary>{_text(page(citation))}</summary>"
        f"<blockquote>{_text(citation.quote)}</blockquote></details>"
    )


def _bibliography(table: Table, style: str | None) -> str:
    if style is None:
        return ""
    listed = "".join(f"<li>{_text(work)}</li>" for work in works(table, style))
    return f"<h2>Bibliography</h2><ol>{listed}</ol>"


def _text(text: str) -> str:
    return escape(one_line(text))
