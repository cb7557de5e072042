"""A report as a note of Obsidian: properties, footnotes with quotes, and links to the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import yaml

from r1agent.report.export_time import report_time
from r1agent.report.markdown_text import markdown_text
from r1agent.report.papers.bibliography import Bibliography
from r1agent.report.printable import one_line
from r1agent.report.references import page
from r1agent.report.report_markdown import report_to_markdown
from r1agent.reports import Report
from r1agent.types import Answer, Citation

_LINKABLE = re.compile(
    r"(?!.*(?:\.\.|//|--))[^\W_](?:[^\W_]|[ .,;'()+@/-]|(?<=[^\W_])_(?=[^\W_]))*"
)
"""Names of files that are no markup inside a link, and lie in the vault or below it."""
_ONE_LINE = 1 << 20


def report_to_obsidian(
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> str:
    """Write a report as Markdown for an Obsidian vault.

    Each quote is a footnote whose page is a link to the page of the PDF, which opens where a file
    of that name lies in the vault. A name that Obsidian would read as markup is no link.

    Args:
        report: What is written.
        style: CSL style of the bibliography; without one it is numbered plainly.
        export: Makes of the sentences of an answer what is written.

    Raises:
        ExportError: There is no such style.
    """
    text = report_to_markdown(report, style=style, export=export, footnote=_footnote)
    return f"{properties(report)}\n{text}"


def properties(report: Report) -> str:
    """Write the properties of a note, the YAML between two rules at its beginning.

    They are the title, the day of the last run, the question, the models, the support from 0 to 1,
    and tags; what is not known is left out.
    """
    answers = [entry.answer for entry in report.entries]
    time = report_time(report)
    models = dict.fromkeys(one_line(one.audit.model) for one in answers)
    known: dict[str, Any] = {
        "title": one_line(report.title),
        "date": time.date() if time else None,
        "question": one_line(answers[0].question) if len(answers) == 1 else None,
        "model": ", ".join(filter(None, models)),
        "support": round(report.support_rate, 2) if answers else None,
        "tags": ["r1agent", report.kind],
    }
    held = {name: value for name, value in known.items() if value not in (None, "")}
    lines = yaml.safe_dump(held, allow_unicode=True, sort_keys=False, width=_ONE_LINE)
    return f"---\n{lines}---\n"


def _footnote(citation: Citation, number: int, papers: Bibliography) -> str:
    where = markdown_text(f"[{papers.numbers[citation.paper]}], {page(citation)}")
    name, file = f"p. {citation.page}", one_line(citation.file)
    if _LINKABLE.fullmatch(file) and file.lower().endswith(".pdf"):
        # Obsidian shows the name of a link as it stands, so nothing in it may be escaped
        where = where.replace(name, f"[[{file}#page={citation.page}|{name}]]", 1)
    return f'[^{number}]: "{markdown_text(citation.quote)}" — {where}'
