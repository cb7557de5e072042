"""A table over papers as JSON: the report, and the grid beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from r1agent.report.exporting import report_to
from r1agent.tables.cells import Cell, Export, Row, as_it_is
from r1agent.tables.table import Table


def table_to_json(table: Table, *, export: Export = as_it_is) -> str:
    """Write the table's report with the key `table`: its columns, and a row a paper.

    Args:
        table: What is written.
        export: Makes of an answer's text what is written.
    """
    grid = {
        "columns": [asdict(column) for column in table.form.columns],
        "rows": [_row(row, export) for row in table.rows],
    }
    report = json.loads(report_to("json", table.report()))
    return json.dumps(report | {"table": grid}, indent=2) + "\n"


def _row(row: Row, export: Export) -> dict[str, Any]:
    known = row.paper.metadata
    return {
        "paper": row.paper.id,
        "file": row.paper.file,
        "title": known.title,
        "authors": list(known.authors),
        "year": known.year,
        "cells": {cell.column.name: _cell(cell, export) for cell in row.cells},
    }


def _cell(cell: Cell, export: Export) -> dict[str, Any]:
    number = {"number": cell.figure and asdict(cell.figure)} if cell.column.kind == "number" else {}
    return {
        "outcome": cell.outcome,
        "text": cell.told(export),
        **number,
        "quotes": [
            {"quote": one.quote, "file": one.file, "page": one.page, "page_label": one.page_label}
            for one in cell.citations
        ],
    }
