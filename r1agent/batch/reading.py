"""The questions of a batch, read from JSONL, from a table, or one a line."""

from __future__ import annotations

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any, TextIO

from r1agent.batch.items import BatchError, BatchItem

_DELIMITERS = (",", ";", "\t")
_TABLES = (".csv", ".tsv")
Numbered = Iterator[tuple[int, BatchItem]]


def read_questions(source: str, stdin: TextIO) -> list[BatchItem]:
    """Read the questions in a file, or those of `stdin` where `source` is `-`.

    Raises:
        BatchError: It cannot be read, or a line is no question.
    """
    try:
        if source == "-":
            return read_items(stdin)
        with Path(source).open(encoding="utf-8-sig", newline="") as lines:
            return read_items(lines, is_table=Path(source).suffix.lower() in _TABLES)
    except OSError as error:
        raise BatchError(
            f"The questions in {source!r} cannot be read: {error.strerror}. Name a text file."
        ) from None
    except UnicodeDecodeError:
        raise BatchError(f"{source!r} is not UTF-8 text. Wanted one question a line.") from None


def read_items(lines: Iterable[str], *, is_table: bool = False) -> list[BatchItem]:
    """Read questions from any of the three forms; the first line tells which one it is.

    - JSON objects with `question`, and, if you like, `id` and `tests`.
    - A table with commas, semicolons or tabs, whose header names the same columns.
    - One plain question a line.

    A question without an id gets one from its text, so that adding lines changes no other id.
    Other keys and columns are passed over.

    Args:
        lines: With their line ends.
        is_table: Refuse what has no header with `question`.

    Raises:
        BatchError: A line is no question, or an id comes twice.
    """
    coming = iter(lines)
    first = next(coming, "").removeprefix("\ufeff")
    delimiter = _delimiter(first)
    if is_table and delimiter is None:
        raise BatchError(
            f"Line 1 has no column `question`: {first.strip()[:80]!r}. Begin the table with a line "
            "that names its columns, such as `id,question`."
        )
    whole = chain([first], coming)
    found = _from_table(whole, delimiter) if delimiter else _from_lines(whole)
    items = _with_their_own_ids(found)
    if not items:
        raise BatchError("The input holds no question. Write one a line, or JSONL objects.")
    return items


def _with_their_own_ids(found: Numbered) -> list[BatchItem]:
    items: list[BatchItem] = []
    first_at: dict[str, int] = {}
    for number, item in found:
        if item.id in first_at:
            raise BatchError(
                f"Line {number} has the id {item.id!r} of line {first_at[item.id]}. "
                "Give each question its own id, or take one of the two lines out."
            )
        first_at[item.id] = number
        items.append(item)
    return items


def _delimiter(header: str) -> str | None:
    """Return what parts the columns of a header that names `question`; None: it is none."""
    for delimiter in _DELIMITERS:
        try:
            cells = next(csv.reader([header], delimiter=delimiter), [])
        except csv.Error:
            continue
        if "question" in map(_name, cells):
            return delimiter
    return None


def _from_table(lines: Iterable[str], delimiter: str) -> Numbered:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    names = list(map(_name, next(reader)))
    while True:
        number = reader.line_num + 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise BatchError(
                f"Line {number} begins a row that is no CSV ({error}). Close its quotes, and "
                'double those inside: "the ""best"" one".'
            ) from None
        if cells is None:
            return
        if any(cell.strip() for cell in cells):
            yield number, _row(cells, names, number)


def _row(cells: list[str], names: list[str], number: int) -> BatchItem:
    if len(cells) > len(names):
        raise BatchError(
            f"Line {number} has {len(cells)} cells, and the header has {len(names)}. Put a "
            "question that holds a comma into quotes."
        )
    row = dict(zip(names, cells, strict=False))
    question, name = row.get("question", "").strip(), row.get("id", "").strip()
    if not question:
        raise BatchError(f"Line {number} has no question. Write one, or take the line out.")
    return BatchItem(name or _id_of(question), question, row.get("tests") or None)


def _from_lines(lines: Iterable[str]) -> Numbered:
    for number, line in enumerate(lines, 1):
        if text := line.strip():
            yield number, _item(text, number)


def _item(line: str, number: int) -> BatchItem:
    if line == "[" or line.startswith(("[{", '["')):
        raise BatchError(
            f"Line {number} begins a JSON list; wanted one object a line. `jq -c '.[]'` makes them."
        )
    if not line.startswith("{"):
        return BatchItem(_id_of(line), line)
    found = _parsed(line, number)
    question, name, tests = found.get("question"), found.get("id"), found.get("tests")
    if not isinstance(question, str) or not question.strip():
        raise BatchError(
            f"Line {number} has the keys {', '.join(found) or 'none'}; wanted `question`, and if "
            "you like `id`, both text. Add what is missing."
        )
    if not isinstance(name, str | int | None):
        raise BatchError(f"Line {number} has an `id` that is no text: {name!r}. Write it as text.")
    if not isinstance(tests, str | None):
        raise BatchError(f"Line {number} has `tests` that are no text; wanted Python code as text.")
    text = question.strip()
    return BatchItem(_id_of(text) if name is None else str(name), text, tests)


def _parsed(line: str, number: int) -> Mapping[str, Any]:
    try:
        found: Mapping[str, Any] = json.loads(line)
    except json.JSONDecodeError as error:
        raise BatchError(
            f"Line {number} begins like JSON and is none ({error.msg}). Mend or drop the line."
        ) from None
    except RecursionError:
        raise BatchError(f"Line {number} is nested too deeply. Mend or drop the line.") from None
    return found


def _id_of(question: str) -> str:
    return hashlib.sha256(question.encode(errors="surrogatepass")).hexdigest()[:12]


def _name(cell: str) -> str:
    return cell.strip().lower()
