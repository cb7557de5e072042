"""A report in any of the formats that leave r1agent, and the file that it goes to."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Collection
from pathlib import Path

from r1agent.report.export_errors import ExportError
from r1agent.reports import Report
from r1agent.types import Answer

FORMATS = ("markdown", "html", "json", "bibtex", "csl-json")
"""What `report_to` can write."""

_SHORT_NAMES = {"md": "markdown", "htm": "html", "bib": "bibtex", "csl": "csl-json"}
_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".bib": "bibtex",
}


def report_to(
    format: str,
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> str:
    """Write a report in one of `FORMATS`.

    Args:
        format: One of `FORMATS`.
        report: What is written.
        style: CSL style of the bibliography, by its name or as the path of a `.csl` file; without
            it papers are numbered with title, authors, year and file. JSON and BibTeX hold fields
            and no style.
        export: Makes of the sentences of an answer what is written, in Markdown.

    Raises:
        ExportError: The format or the style is unknown.
    """
    match _known(format):
        case "markdown":
            from r1agent.report.report_markdown import report_to_markdown

            return report_to_markdown(report, style=style, export=export)
        case "html":
            from r1agent.report.report_html import report_to_html

            return report_to_html(report, style=style)
        case "json":
            from r1agent.report.report_json import report_to_json

            return report_to_json(report)
        case "bibtex":
            from r1agent.report.papers.bibtex import report_to_bibtex

            return report_to_bibtex(report)
        case _:
            from r1agent.report.papers.csl import report_to_csl

            return report_to_csl(report)


def format_of(out: Path | None, asked: str | None) -> str:
    """Return the format that was asked for, or that the suffix of `out` names, or Markdown.

    Raises:
        ExportError: There is no such format, or nothing tells which one is meant.
    """
    if asked is not None:
        return _known(asked)
    if out is None or not out.suffix:
        return "markdown"
    named = _SUFFIXES.get(out.suffix.lower())
    if named is None:
        raise ExportError(
            f"{str(out)!r} ends in {out.suffix!r}, which names no format. Name one with "
            f"`--format`: {', '.join(FORMATS)}."
        )
    return named


def format_by_suffix(out: Path, formats: Collection[str] = FORMATS) -> str:
    """Return the format that the suffix of `out` names, or Markdown, where nothing else names one.

    Args:
        out: A file.
        formats: Those that what is written there can have.

    Raises:
        ExportError: Its suffix names none of them.
    """
    named = _SUFFIXES.get(out.suffix.lower()) if out.suffix else "markdown"
    if named is None or named not in formats:
        ends = ", ".join(f"`{suffix}`" for suffix, one in _SUFFIXES.items() if one in formats)
        raise ExportError(
            f"{str(out)!r} ends in {out.suffix!r}, which names no format here. Name a file that "
            f"ends in one of {ends}."
        )
    return named


def write_report(text: str, out: Path | None) -> None:
    """Write `text` to `out`, which holds either all of it or what it held before.

    Args:
        text: The report.
        out: None is stdout.

    Raises:
        ExportError: The file cannot be written.
    """
    if out is None:
        sys.stdout.write(text)
        return
    try:
        require_place(out)
        _replace(out, text.encode())
    except OSError as error:
        raise ExportError(
            f"{str(out)!r} cannot be written: {error.strerror}. Name a file in a folder that you "
            "may write to, with room on its disk."
        ) from error


def require_place(out: Path | None) -> None:
    """Raise `ExportError` where `out` is a folder, or stands in none that is there."""
    if out is None:
        return
    if out.is_dir() or not out.parent.is_dir():
        found = "is a folder" if out.is_dir() else f"needs a folder {str(out.parent)!r}"
        raise ExportError(f"{str(out)!r} {found}. Name a file in a folder that is there.")


def _known(format: str) -> str:
    name = _SHORT_NAMES.get(format.lower(), format.lower())
    if name in FORMATS:
        return name
    near = difflib.get_close_matches(name, FORMATS, n=1)
    nearest = f" Did you mean {near[0]!r}?" if near else ""
    raise ExportError(f"No format {format!r}.{nearest} There are {', '.join(FORMATS)}.")


def _replace(out: Path, content: bytes) -> None:
    beside = out.with_name(f".{out.name}.{uuid.uuid4().hex[:8]}.part")
    try:
        with beside.open("xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        if out.exists():
            shutil.copymode(out, beside)
        beside.replace(out)
    finally:
        beside.unlink(missing_ok=True)
