"""A report from what r1agent wrote before: a batch's lines, a report's JSON, or a run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from r1agent.journal import answer_from_json, find_run, read_journal
from r1agent.report.batch_lines import batch_report
from r1agent.report.export_errors import ExportError
from r1agent.report.report_json import report_from_json
from r1agent.reports import Entry, Report, Section
from r1agent.types import Answer


def read_report(source: str, runs_dir: Path) -> Report:
    """Return the report that a file or a run holds.

    Args:
        source: The answers of a batch, the JSON of a report or of an answer, the journal of a run,
            or a run's id, its beginning, or `last`.
        runs_dir: Where the runs are.

    Raises:
        ExportError: There is no such file, it holds something else, or the run has no answer.
        JournalError: There is no such run.
    """
    path = Path(source)
    if path.is_file():
        return _from_file(path)
    if path.is_dir():
        raise ExportError(f"{source!r} is a folder. Name a file in it, or a run.")
    if path.suffix or len(path.parts) > 1:
        raise ExportError(
            f"No file {source!r}. Name the answers of a batch, the JSON of a report, or a run; "
            "`r1agent show` lists the runs."
        )
    return read_run(find_run(runs_dir, source))


def answer_report(answer: Answer) -> Report:
    """Return an answer as a report of its own."""
    return Report("answer", answer.question, (Section("", (Entry(answer),)),))


def read_run(journal: Path) -> Report:
    """Return the answer that a run came to as a report of its own.

    Raises:
        ExportError: It came to none.
        JournalError: The journal cannot be read.
    """
    events = read_journal(journal)
    if not events or events[-1].name != "answered":
        raise ExportError(
            f"The run {journal.stem!r} ended before it had an answer. "
            f"`r1agent ask --resume {journal.stem}` goes on with it."
        )
    return answer_report(answer_from_json(events[-1].data["answer"]))


def _from_file(path: Path) -> Report:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ExportError(
            f"{str(path)!r} cannot be read ({error}). Name a file that r1agent wrote."
        ) from error
    whole = _object(text)
    if "sections" in whole:
        return report_from_json(text)
    if "trajectory" in whole:
        return answer_report(answer_from_json(whole))
    lines = text.splitlines()
    if "seconds" in _object(lines[0] if lines else "") and "data" in _object(lines[0]):
        return read_run(path)
    whole_lines = _whole(text)
    if not any(line.strip() for line in whole_lines):
        raise ExportError(
            f"{str(path)!r} holds no answer. Name the file that `r1agent batch` wrote, or the JSON "
            "of a report."
        )
    return batch_report(whole_lines, path.stem)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _whole(text: str) -> list[str]:
    """Return the lines without a last one that a kill tore."""
    lines = text.split("\n")
    return lines if not lines[-1] or _object(lines[-1]) else lines[:-1]
