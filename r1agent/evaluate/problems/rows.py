"""Rows of a data file, however it is packed: JSON lines, one JSON array, or a file each."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from r1agent.evaluate.errors import EvaluationError

_GZIP = b"\x1f\x8b"
_MOST_BYTES = 512 * 1024**2
"""Of one file, unpacked: a small file can unpack to more than a machine has."""
_READ = (".json", ".jsonl", ".gz")


def read_rows(path: Path, wanted: str) -> list[dict[str, Any]]:
    """Return the JSON objects of a file, gzipped or not, or of the files of a folder in order.

    Args:
        path: JSON lines, a JSON array, a single object, or a folder of such files.
        wanted: The form that a row should have, for the message where there is none.

    Raises:
        EvaluationError: There is nothing there, or something else than JSON objects.
    """
    rows = [row for file in _files(path, wanted) for row in _rows_of(file, wanted)]
    if not rows:
        raise EvaluationError(f"{str(path)!r} is empty. Wanted: {wanted}.")
    return rows


def identified(rows: Iterable[Mapping[str, Any]], key: str) -> list[str]:
    """Return an id for each row: its own where all have one of their own, else its number.

    Args:
        rows: The rows of a data set.
        key: Where a row has its id.
    """
    own = [str(row.get(key, "")) for row in rows]
    unique = all(own) and len(set(own)) == len(own)
    return own if unique else [str(number) for number in range(1, len(own) + 1)]


def _files(path: Path, wanted: str) -> list[Path]:
    if path.is_dir():
        found = sorted(one for one in path.rglob("*") if _is_data(one.relative_to(path), path))
        if found:
            return found
    if not path.is_file():
        raise EvaluationError(
            f"{str(path)!r} is no file, and no folder of JSON files. Name one with: {wanted}."
        )
    return [path]


def _is_data(file: Path, folder: Path) -> bool:
    """Tell data from what is hidden, such as the kept outputs of an evaluation."""
    hidden = any(part.startswith(".") for part in file.parts)
    return not hidden and file.suffix in _READ and (folder / file).is_file()


def _rows_of(path: Path, wanted: str) -> list[dict[str, Any]]:
    text = _text(path, wanted)
    try:
        parsed = _parsed(text)
    except (ValueError, RecursionError) as error:
        raise EvaluationError(
            f"{str(path)!r} is neither JSON nor JSON lines ({error}). Wanted: {wanted}."
        ) from None
    for number, row in enumerate(parsed, 1):
        if not isinstance(row, dict):
            raise EvaluationError(
                f"Row {number} of {str(path)!r} is {_short(row)}, no JSON object. Wanted: {wanted}."
            )
    return parsed


def _text(path: Path, wanted: str) -> str:
    try:
        packed = path.read_bytes()[: len(_GZIP)] == _GZIP
        with gzip.open(path) if packed else path.open("rb") as file:
            content = file.read(_MOST_BYTES + 1)
        if len(content) > _MOST_BYTES:
            raise EvaluationError(
                f"{str(path)!r} holds more than {_MOST_BYTES // 1024**2} MB. Name a part of it."
            )
        return content.decode("utf-8-sig")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise EvaluationError(
            f"{str(path)!r} cannot be read as text ({error}). Wanted: {wanted}."
        ) from None


def _parsed(text: str) -> list[Any]:
    try:
        whole = json.loads(text)
    except ValueError:
        return [json.loads(line) for line in text.split("\n") if line.strip()]
    return whole if isinstance(whole, list) else [whole]


def _short(value: object) -> str:
    shown = repr(value)
    return shown if len(shown) <= 60 else f"{shown[:60]}…"
