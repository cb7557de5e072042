"""`r1agent provenance`: find the marks of runs in a text."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import Annotated

import typer

from r1agent.cli import options


def provenance(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A text or `.docx`; `-` is stdin.")],
    json: options.Json = False,
) -> None:
    """Find the invisible marks that name the runs a text came from.

    Exported text has them where `provenance_mark` is set.
    """
    from r1agent.cli.ending import say
    from r1agent.cli.screen import data, show_json
    from r1agent.report.printable import one_line
    from r1agent.safety.provenance import find_marks

    marks = Counter(find_marks(_text(file)))
    if json:
        show_json([{"run": run, "marks": number} for run, number in marks.items()])
    for run in () if json else marks:
        data().print(one_line(run))
    if not marks:
        where = "the text on stdin" if file == "-" else repr(file)
        say(f"No mark of a run in {where}. Only text exported with `provenance_mark` has one.")
        raise typer.Exit(1)


def _text(file: str) -> str:
    if file == "-":
        return sys.stdin.read()
    path = Path(file)
    try:
        if path.suffix.lower() == ".docx":
            from r1agent.report.word.read import docx_text

            return docx_text(path)
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise typer.BadParameter(
            f"{file!r} cannot be read ({error.strerror}). Name a text file, or `-` for stdin."
        ) from None
