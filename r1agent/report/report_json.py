"""A report as JSON, and back again."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from r1agent.errors import JournalError
from r1agent.journal import answer_from_json, answer_to_json
from r1agent.report.export_errors import ExportError
from r1agent.report.papers.cited_papers import cited_papers
from r1agent.report.papers.csl import csl_items
from r1agent.reports import Entry, Report, ReportKind, Section


def report_to_json(report: Report) -> str:
    r"""Write everything that a report holds; `report_from_json` reads it back.

    An object of

    - `kind`: `answer`, `batch`, `summaries`, `review` or `table`
    - `title` and `notes`, the program's own sentences about the whole
    - `sections`: objects of `heading`, `notes` and `entries`; an entry has its `label` and its
      `answer` in full, with plan, trajectory, claims, citations and audit, as `r1agent ask --json`
      prints it
    - `bibliography`: the cited papers as CSL-JSON; a paper's place is its number
    - `support_rate` (0 to 1) and `usage` by role, over all answers

    Characters other than ASCII are written as `\uXXXX`.
    """
    data = {
        "kind": report.kind,
        "title": report.title,
        "notes": report.notes,
        "sections": [_section(section) for section in report.sections],
        "bibliography": csl_items(cited_papers(report)),
        "support_rate": report.support_rate,
        "usage": {role: asdict(used) for role, used in report.usage.items()},
    }
    return json.dumps(data, indent=2) + "\n"


def report_from_json(text: str) -> Report:
    """Return the report that `report_to_json` wrote.

    Raises:
        ExportError: The text is not a report in JSON.
    """
    try:
        read = _Report.model_validate_json(text)
        sections = tuple(section.built() for section in read.sections)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the text"
        raise _no_report(f"{where}: {first['msg']}") from error
    except JournalError as error:
        raise _no_report(str(error)) from error
    return Report(read.kind, read.title, sections, read.notes)


def _section(section: Section) -> dict[str, Any]:
    entries = [
        {"label": entry.label, "answer": answer_to_json(entry.answer)} for entry in section.entries
    ]
    return {"heading": section.heading, "notes": section.notes, "entries": entries}


def _no_report(reason: str) -> ExportError:
    return ExportError(
        f"The JSON holds no report ({reason}). Name a file that `--format json` wrote."
    )


class _Entry(BaseModel):
    model_config = ConfigDict(extra="ignore")

    answer: Mapping[str, Any]
    label: str = ""


class _Section(BaseModel):
    model_config = ConfigDict(extra="ignore")

    heading: str
    entries: tuple[_Entry, ...] = ()
    notes: tuple[str, ...] = ()

    def built(self) -> Section:
        entries = tuple(
            Entry(answer_from_json(dict(one.answer)), one.label) for one in self.entries
        )
        return Section(self.heading, entries, self.notes)


class _Report(BaseModel):
    model_config = ConfigDict(extra="ignore")

    kind: ReportKind
    title: str
    sections: tuple[_Section, ...]
    notes: tuple[str, ...] = ()
