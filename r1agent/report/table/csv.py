"""A table over papers as CSV, for spreadsheets and statistics.

What a paper says must not run as a formula where a spreadsheet opens the file. As OWASP advises
(https://owasp.org/www-community/attacks/CSV_Injection), every field is quoted, and a text that
begins like a formula gets an apostrophe in front, which shows it as text. A field that is a whole
number, such as `-0.85`, is left alone: it can do nothing.
"""

from __future__ import annotations

import csv
import io
import re
from typing import Any

from r1agent.tables.cells import Export, as_it_is
from r1agent.tables.table import Table

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")  # noqa: RUF001
_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


def table_to_csv(table: Table, *, export: Export = as_it_is) -> str:
    """Write a row a paper: its file, title, authors and year, then the columns.

    A column has its answer, quote and page; a column of numbers its number, unit, sentence, quote
    and page. Several quotes are set apart by ` / `, their pages by `; `.

    Args:
        table: What is written.
        export: Makes of an answer's text what is written.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(map(_field, table.form.headers))
    for row in table.rows:
        writer.writerow(map(_field, row.values(export)))
    return out.getvalue()


def _field(value: Any) -> str:
    if value is None:
        return ""
    text = f"{value:.12g}" if isinstance(value, float) else str(value)
    begins = text.lstrip(" ")
    return f"'{text}" if begins.startswith(_FORMULA) and not _NUMBER.fullmatch(text) else text
