"""A table over papers as Markdown: short cells, and the quotes as footnotes."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.markdown_text import markdown_text
from r1agent.report.references import source
from r1agent.tables.cells import Cell, Export, Row, as_it_is
from r1agent.tables.legend import legend, works
from r1agent.tables.table import Table
from r1agent.types import Citation


def table_to_markdown(table: Table, *, style: str | None = None, export: Export = as_it_is) -> str:
    """Write the table with a footnote for every quote, as GitHub, Pandoc and Obsidian read them.

    Text from papers and models is escaped: it adds no cell, row, footnote or markup of its own.

    Args:
        table: What is written.
        style: CSL style of a bibliography of the cited papers; without it there is none.
        export: Makes of an answer's text what is written.

    Raises:
        ExportError: There is no such style.
    """
    numbers: dict[str, int] = {}
    names = ["Paper", *(column.name for column in table.form.columns)]
    lines = [
        _line(map(markdown_text, names)),
        _line("---" for _ in names),
        *(_line(_row(row, numbers, export)) for row in table.rows),
    ]
    notes = (f"[^{number}]: {text}" for text, number in numbers.items())
    blocks = [
        f"# {markdown_text(table.form.title)}",
        *map(markdown_text, [*table.notes, *legend(table)]),
        "\n".join(lines),
        *_bibliography(table, style),
        *notes,
    ]
    return "\n\n".join(blocks) + "\n"


def _row(row: Row, numbers: dict[str, int], export: Export) -> Iterator[str]:
    file, title, authors, year, *_ = row.values()
    about = ", ".join(filter(None, [authors, str(year or "")]))
    yield ". ".join(filter(None, map(markdown_text, [title, about, file])))
    for cell in row.cells:
        yield _cell(cell, numbers, export)


def _cell(cell: Cell, numbers: dict[str, int], export: Export) -> str:
    """Write a cell; its quotes get the next numbers, and the number they had where they had one."""
    figure = cell.figure
    number = f"**{markdown_text(f'{figure.text} {figure.unit}')}**: " if figure else ""
    notes = [
        *map(_quote, cell.citations),
        *(
            f"Says otherwise ({markdown_text(one.reason)}): {_quote(one.citation)}"
            for one in cell.contradictions
        ),
    ]
    marks = (f"[^{numbers.setdefault(note, len(numbers) + 1)}]" for note in notes)
    return f"{number}{cell.told(export, markdown_text)}{''.join(marks)}"


def _quote(citation: Citation) -> str:
    return f"{markdown_text(source(citation))}: “{markdown_text(citation.quote)}”"


def _bibliography(table: Table, style: str | None) -> Iterator[str]:
    if style is not None:
        listed = works(table, style)
        lines = (f"{number}. {markdown_text(work)}" for number, work in enumerate(listed, 1))
        yield "\n".join(["## Bibliography", "", *lines])


def _line(cells: Iterator[str] | map[str]) -> str:
    return f"| {' | '.join(cells)} |"
