"""A table over papers as a Word document on pages turned sideways, its quotes as footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.papers.bibliography import bibliography
from r1agent.report.printable import one_line
from r1agent.report.references import source
from r1agent.report.word.pages import DocxPages, Words
from r1agent.report.word.text import word_text
from r1agent.tables.cells import Cell, Export, Row, as_it_is
from r1agent.tables.legend import legend
from r1agent.tables.table import Table
from r1agent.types import Citation


def table_to_docx(table: Table, *, style: str | None = None, export: Export = as_it_is) -> bytes:
    """Write the table with a footnote for every quote, and its first row again on each page.

    Args:
        table: What is written.
        style: CSL style of a bibliography of the cited papers; without it there is none.
        export: Makes of an answer's text what is written.

    Raises:
        ExportError: There is no such style.
    """
    report = table.report()
    papers = bibliography(report, style=style) if style is not None else None
    pages = DocxPages(report)
    pages.title(table.form.title)
    for line in [*table.notes, *legend(table)]:
        pages.paragraph(Words(word_text(line)))
    names = ["Paper", *(column.name for column in table.form.columns)]
    pages.table(names, [_row(row, export) for row in table.rows])
    if papers is not None:
        pages.bibliography(papers)
    return pages.content()


def _row(row: Row, export: Export) -> list[list[Words]]:
    return [list(_paper(row)), *(list(_cell(cell, export)) for cell in row.cells)]


def _paper(row: Row) -> Iterator[Words]:
    file, title, authors, year, *_ = row.values()
    about = ", ".join(filter(None, [authors, str(year or "")]))
    said = ". ".join(filter(None, map(word_text, [title, about, file])))
    yield Words(said)


def _cell(cell: Cell, export: Export) -> Iterator[Words]:
    figure = cell.figure
    if figure:
        yield Words(word_text(f"{figure.text} {figure.unit}:"), bold=True)
    otherwise = (
        f"Says otherwise ({one.reason}): {_quote(one.citation)}" for one in cell.contradictions
    )
    notes = tuple(map(word_text, [*map(_quote, cell.citations), *otherwise]))
    yield Words(cell.told(export, word_text), tuple(dict.fromkeys(notes)))


def _quote(citation: Citation) -> str:
    return f"{source(citation)}: “{one_line(citation.quote)}”"
