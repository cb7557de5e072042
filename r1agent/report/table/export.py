"""A table over papers in any of the formats that leave r1agent."""

from __future__ import annotations

from pathlib import Path

from r1agent.report.exporting import FORMATS, format_of, report_to, require_docx
from r1agent.tables.cells import Export, as_it_is
from r1agent.tables.form import TableError
from r1agent.tables.table import Table

TABLE_FORMATS = ("csv", *FORMATS)
"""What `table_bytes` can write."""


def table_to(
    format: str, table: Table, *, style: str | None = None, export: Export = as_it_is
) -> str:
    """Write a table as text; BibTeX and CSL-JSON hold the cited papers.

    Args:
        format: One of `TABLE_FORMATS`, but not `docx`.
        table: What is written.
        style: CSL style of a bibliography below the table, in Markdown and HTML.
        export: Makes of an answer's text what is written.

    Raises:
        ExportError: The style is unknown, or the format is no text.
    """
    match format:
        case "csv":
            from r1agent.report.table.csv import table_to_csv

            return table_to_csv(table, export=export)
        case "markdown":
            from r1agent.report.table.markdown import table_to_markdown

            return table_to_markdown(table, style=style, export=export)
        case "obsidian":
            from r1agent.report.report_obsidian import properties
            from r1agent.report.table.markdown import table_to_markdown

            text = table_to_markdown(table, style=style, export=export)
            return f"{properties(table.report())}\n{text}"
        case "html":
            from r1agent.report.table.html import table_to_html

            return table_to_html(table, style=style, export=export)
        case "json":
            from r1agent.report.table.json import table_to_json

            return table_to_json(table, export=export)
        case _:
            return report_to(format, table.report(), style=style)


def table_bytes(
    format: str, table: Table, *, style: str | None = None, export: Export = as_it_is
) -> bytes:
    """Write a table in one of `TABLE_FORMATS`, as a file holds it; otherwise as `table_to`.

    Raises:
        ExportError: The style is unknown, or what writes the format is missing.
    """
    if format != "docx":
        return table_to(format, table, style=style, export=export).encode()
    require_docx()
    from r1agent.report.word.table import table_to_docx

    return table_to_docx(table, style=style, export=export)


def table_format(out: Path, asked: str | None) -> str:
    """Return the format that was asked for, or that the suffix of `out` names.

    Raises:
        TableError: The suffix names none.
        ExportError: There is no format such as was asked for.
    """
    if (asked or out.suffix.removeprefix(".")).lower() == "csv":
        return "csv"
    if asked is None and out.suffix.lower() not in _SUFFIXES:
        raise TableError(
            f"{str(out)!r} does not say which format a table is wanted in. End it in `.csv`, "
            "`.md`, `.html`, `.docx`, `.json` or `.bib`, or name one with `--format`: "
            f"{', '.join(TABLE_FORMATS)}."
        )
    return format_of(out, asked)


_SUFFIXES = (".md", ".markdown", ".html", ".htm", ".docx", ".json", ".bib")
