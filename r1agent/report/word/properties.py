"""What a Word document says of itself: title, time, language, and what wrote it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from docx.oxml.ns import qn

from r1agent import __version__
from r1agent.report.export_time import report_time
from r1agent.report.printable import one_line, shortened
from r1agent.report.word.text import word_text
from r1agent.reports import Report
from r1agent.words import is_chinese

if TYPE_CHECKING:
    from docx.document import Document

APPLICATION = (
    b"<?xml version='1.0' encoding='UTF-8' standalone='yes'?>\n"
    b'<Properties xmlns="http://schemas.openxmlformats.org/officeDocument/2006/extended-properties">'
    b"<Application>r1agent</Application></Properties>"
)
"""Stands in the place of the template's own, which names Word as what wrote it."""
_MOST = 255
"""Characters that python-docx lets a property have."""


def describe(document: Document, report: Report) -> None:
    """Fill in the document's properties, and the language of its text for the spelling checker.

    The comments name the language model and the runs, so that a reader can tell what wrote it.
    """
    language = "zh-CN" if is_chinese(report.title) else "en-US"
    answers = [entry.answer for entry in report.entries]
    models = dict.fromkeys(filter(None, (one_line(one.audit.model) for one in answers)))
    runs = dict.fromkeys(filter(None, (one_line(one.run) for one in answers)))
    by = f" with the language model {', '.join(models)}" if models else ""
    of = f"; runs: {', '.join(runs)}" if runs else ""
    time = report_time(report) or datetime.now(UTC)
    said = document.core_properties
    said.title = _short(report.title)
    said.author = said.last_modified_by = f"r1agent {__version__}"
    said.comments = _short(f"Written by r1agent {__version__}{by}{of}.")
    said.language = language
    said.created = said.modified = time
    _tell_languages(document)


def _short(text: str) -> str:
    return word_text(shortened(text, _MOST))


def _tell_languages(document: Document) -> None:
    """Have Word check Latin letters as English and Han characters as Chinese."""
    for told in document.styles.element.iter(qn("w:lang")):
        told.set(qn("w:val"), "en-US")
        told.set(qn("w:eastAsia"), "zh-CN")
    for font in document.settings.element.iter(qn("w:themeFontLang")):
        font.set(qn("w:eastAsia"), "zh-CN")
