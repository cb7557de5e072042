"""Read which questions a table asks from YAML.

```yaml
title: Label smoothing
papers: ["01-*.pdf", "02-*.pdf"]    # optional: every paper of the index
columns:
  - name: Data
    question: Which data set was used?
  - name: Images
    question: How many photographs does the data set have?
    kind: number                    # optional: text
    unit: photographs               # optional
```
"""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import get_args

from r1agent.tables.form import Column, ColumnKind, TableError, TableForm, clash, first_clash
from r1agent.tables.yaml_tree import Part, read_yaml

_KEYS = ("columns", "title", "papers")
_COLUMN_KEYS = ("name", "question", "kind", "unit")
_LONGEST_NAME = 80
_KINDS: tuple[ColumnKind, ...] = get_args(ColumnKind)


def read_form(path: Path) -> TableForm:
    """Read the columns of a table from a YAML file.

    Raises:
        TableError: It cannot be read, or says something else; the message names the line.
    """
    try:
        return parse_form(path.read_text(encoding="utf-8-sig"), path.name)
    except OSError as error:
        raise TableError(
            f"The columns in {str(path)!r} cannot be read: {error.strerror}. Name a YAML file."
        ) from None
    except UnicodeDecodeError:
        raise TableError(f"{str(path)!r} is not UTF-8 text. Wanted columns in YAML.") from None


def parse_form(text: str, file: str = "columns.yaml") -> TableForm:
    """Read the columns of a table from YAML.

    Args:
        text: The YAML.
        file: What it is called in errors.

    Raises:
        TableError: It says something else; the message names the line.
    """
    root = read_yaml(text, file)
    found = root.fields("the file", _KEYS)
    if "columns" not in found:
        raise root.error("there is no `columns`. Write it with a list of names and questions.")
    parts = found["columns"].items("`columns`")
    columns = tuple(map(_column, parts))
    place = first_clash(columns)
    if place is not None:
        raise parts[place].error(clash(columns[place].name))
    title = {"title": found["title"].text("`title`")} if "title" in found else {}
    return TableForm(columns, papers=_patterns(found.get("papers")), **title)


def _column(part: Part) -> Column:
    found = part.fields("a column", _COLUMN_KEYS)
    for key in ("name", "question"):
        if key not in found:
            raise part.error(f"a column has no `{key}`. Every column needs a name and a question.")
    name = found["name"].text("`name`")
    if len(name) > _LONGEST_NAME:
        raise found["name"].error(
            f"`name` has {len(name)} characters, at most {_LONGEST_NAME} fit above a column. "
            "Shorten it; the question can be long."
        )
    kind = _kind(found["kind"]) if "kind" in found else "text"
    unit = found["unit"].text("`unit`") if "unit" in found else ""
    if unit and kind != "number":
        raise found["unit"].error("`unit` is for numbers only. Add `kind: number`, or drop it.")
    return Column(name, found["question"].text("`question`"), kind, unit)


def _kind(part: Part) -> ColumnKind:
    said = part.text("`kind`")
    for kind in _KINDS:
        if said == kind:
            return kind
    near = difflib.get_close_matches(said.lower(), _KINDS, n=1)
    nearest = f" Did you mean `{near[0]}`?" if near else ""
    raise part.error(f"there is no kind {said!r}, only {' and '.join(_KINDS)}.{nearest}")


def _patterns(part: Part | None) -> tuple[str, ...]:
    if part is None:
        return ()
    return tuple(one.text("a pattern of `papers`") for one in part.items("`papers`"))
