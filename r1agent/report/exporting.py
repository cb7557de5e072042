"""A report in any of the formats that leave r1agent, and the file that it goes to."""

from __future__ import annotations

import difflib
import os
import shutil
import sys
import uuid
from collections.abc import Callable, Collection
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from r1agent.report.export_errors import ExportError, UnknownNameError
from r1agent.reports import Report
from r1agent.types import Answer

TEXT_FORMATS = ("markdown", "obsidian", "html", "json", "bibtex", "csl-json")
"""What `report_to` can write."""
FORMATS = (*TEXT_FORMATS, "docx")
"""What `report_bytes` can write."""

_SHORT_NAMES = {
    "md": "markdown",
    "htm": "html",
    "bib": "bibtex",
    "csl": "csl-json",
    "word": "docx",
}
_SUFFIXES = {
    ".md": "markdown",
    ".markdown": "markdown",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".bib": "bibtex",
    ".docx": "docx",
}


def report_to(
    format: str,
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> str:
    """Write a report in one of `TEXT_FORMATS`.

    Args:
        format: One of `TEXT_FORMATS`.
        report: What is written.
        style: CSL style of the bibliography, by its name or as the path of a `.csl` file; without
            it papers are numbered with title, authors, year and file. JSON and BibTeX hold fields
            and no style.
        export: Makes of the sentences of an answer what is written, in Markdown.

    Raises:
        ExportError: The format or the style is unknown, or the format is no text.
    """
    match _text_format(format):
        case "markdown":
            from r1agent.report.report_markdown import report_to_markdown

            return report_to_markdown(report, style=style, export=export)
        case "obsidian":
            from r1agent.report.report_obsidian import report_to_obsidian

            return report_to_obsidian(report, style=style, export=export)
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


def report_bytes(
    format: str,
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> bytes:
    """Write a report in one of `FORMATS`, as a file holds it; otherwise as `report_to`.

    Raises:
        ExportError: The format or the style is unknown, or what writes the format is missing.
    """
    if _known(format) != "docx":
        return report_to(format, report, style=style, export=export).encode()
    require_docx()
    from r1agent.report.word.report import report_to_docx

    return report_to_docx(report, style=style, export=export)


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
    write_bytes(text.encode(), out)


def write_bytes(content: bytes, out: Path) -> None:
    """Write `content` to `out`, which holds either all of it or what it held before.

    What is no file, such as a pipe, is written into.

    Raises:
        ExportError: The file cannot be written.
    """
    try:
        require_place(out)
        _replace(out, content)
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


def require_docx() -> None:
    """Raise `ExportError` where python-docx, which writes Word documents, is not installed."""
    try:
        version("python-docx")
    except PackageNotFoundError:
        raise ExportError(
            "A Word document is written by python-docx, which is not installed. Install it with "
            "`pip install 'r1agent[docx]'`, or name another format, such as `html`."
        ) from None


def require_writable(format: str, out: Path | None) -> None:
    """Find out whether what a command makes could be written, before it is made.

    Raises:
        ExportError: The folder of `out` is missing, the format is unknown or wants a file, or what
            writes it is not installed.
    """
    require_place(out)
    if out is None:
        _text_format(format)
    elif _known(format) == "docx":
        require_docx()


def _text_format(format: str) -> str:
    name = _known(format)
    if name in TEXT_FORMATS:
        return name
    raise ExportError(
        f"A {name!r} report is a file, no text for stdout. Name the file with `-o`, such as "
        f"`-o report.{name}`."
    )


def _known(format: str) -> str:
    name = _SHORT_NAMES.get(format.lower(), format.lower())
    if name in FORMATS:
        return name
    near = difflib.get_close_matches(name, FORMATS, n=1)
    nearest = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownNameError(f"No format {format!r}.{nearest} There are {', '.join(FORMATS)}.")


def _replace(out: Path, content: bytes) -> None:
    if (
        out.exists() and not out.is_file()
    ):  # a pipe, a device: putting a file in its place breaks it
        with out.open("wb") as sink:
            sink.write(content)
        return
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
