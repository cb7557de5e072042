"""A report as one page of HTML: sentences that fold out to their quotes, traces, and the papers."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from r1agent.report.papers.bibliography import Bibliography, bibliography
from r1agent.report.printable import one_line
from r1agent.report.report_entry_html import entry_to_html, reference_to_html, text_to_html
from r1agent.report.report_lines import Numbers, numbers_of, report_audit_line
from r1agent.report.report_style import STYLE
from r1agent.reports import Report, Section

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"


def report_to_html(report: Report, *, style: str | None = None) -> str:
    """Write a report as a page without script, that loads nothing and sends nothing.

    The page's own policy forbids the browser both. Everything that comes from a paper, a model or
    a file name is escaped; the only addresses in it are those of DOIs.

    Args:
        report: What is written.
        style: CSL style of the bibliography; without one it is numbered plainly.

    Raises:
        ExportError: There is no such style.
    """
    return (
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{escape(_POLICY)}">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        '<meta name="color-scheme" content="light dark">'
        '<meta name="referrer" content="no-referrer">'
        f"<title>{text_to_html(report.title)}</title><style>{STYLE}</style></head>"
        f"<body>{_content(report, style)}</body></html>\n"
    )


def report_to_fragment(report: Report, *, style: str | None = None) -> str:
    """Write what stands in the page, with its style, for notebooks; as `report_to_html`."""
    return f"<style>{STYLE}</style>{_content(report, style)}"


def _content(report: Report, style: str | None) -> str:
    numbers, papers = numbers_of(report), bibliography(report, style=style)
    sections = "".join(
        _section(place, section, numbers, papers)
        for place, section in enumerate(report.sections, 1)
    )
    return (
        '<div class="r1agent-report">'
        f"<h1>{text_to_html(report.title)}</h1>{_notes(report.notes)}"
        f"{_contents(report, papers)}{sections}{_bibliography(papers)}"
        f"<footer><small>{text_to_html(report_audit_line(report))}</small></footer></div>"
    )


def _contents(report: Report, papers: Bibliography) -> str:
    lines = [
        f'<li><a href="#section-{place}">{text_to_html(section.heading)}</a></li>'
        for place, section in enumerate(report.sections, 1)
        if one_line(section.heading)
    ]
    if papers.references:
        lines.append('<li><a href="#bibliography">Bibliography</a></li>')
    if len(lines) < 2:
        return ""
    return f'<nav aria-label="Contents"><ol>{"".join(lines)}</ol></nav>'


def _section(place: int, section: Section, numbers: Numbers, papers: Bibliography) -> str:
    heading = f"<h2>{text_to_html(section.heading)}</h2>" if one_line(section.heading) else ""
    entries = "".join(entry_to_html(entry, numbers, papers) for entry in section.entries)
    return f'<section id="section-{place}">{heading}{_notes(section.notes)}{entries}</section>'


def _notes(notes: Iterable[str]) -> str:
    return "".join(f"<p>{text_to_html(note)}</p>" for note in notes)


def _bibliography(papers: Bibliography) -> str:
    if not papers.references:
        return ""
    lines = "".join(
        f'<li id="paper-{number}">{reference_to_html(reference)}</li>'
        for number, reference in enumerate(papers.references, 1)
    )
    return f'<section id="bibliography"><h2>Bibliography</h2><ol>{lines}</ol></section>'
