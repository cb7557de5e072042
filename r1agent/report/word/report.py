"""A report as a Word document: sentences with footnotes that hold their quotes, and the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from r1agent.report.papers.bibliography import Bibliography, bibliography
from r1agent.report.references import doubt, dropped_line, message, nearest_line, page
from r1agent.report.report_lines import (
    Numbers,
    not_found_line,
    numbers_of,
    otherwise_line,
    report_audit_line,
)
from r1agent.report.word.pages import DocxPages, Words
from r1agent.report.word.text import word_text
from r1agent.reports import Entry, Report, Section
from r1agent.types import Answer, Citation, Claim


def report_to_docx(
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> bytes:
    """Write a report for Word, LibreOffice and Google Docs.

    Each quote is a footnote with the number of its paper and its page; the papers are numbered at
    the end. The same report gives the same bytes where its runs tell when they began.

    Args:
        report: What is written.
        style: CSL style of the bibliography; without one it is numbered plainly.
        export: Makes of each sentence of an answer what is written.

    Raises:
        ExportError: There is no such style.
    """
    papers = bibliography(report, style=style)
    writer = _Writer(DocxPages(report), numbers_of(report), papers, export)
    writer.pages.title(report.title)
    writer.lines(*report.notes)
    for section in report.sections:
        writer.section(section)
    writer.computations()
    writer.pages.bibliography(papers)
    writer.pages.paragraph(Words(word_text(report_audit_line(report)), italic=True))
    return writer.pages.content()


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the parts of a report below each other."""

    pages: DocxPages
    numbers: Numbers
    papers: Bibliography
    export: Callable[[str, Answer], str]

    def section(self, section: Section) -> None:
        self.pages.heading(section.heading, 1)
        self.lines(*section.notes)
        for entry in section.entries:
            self.entry(entry)

    def entry(self, entry: Entry) -> None:
        answer = entry.answer
        self.pages.heading(entry.label, 2)
        self.pages.paragraph(*self.sentences(answer))
        self.lines(nearest_line(answer))
        for one in () if answer.claims else answer.extracts:
            self.pages.paragraph(Words(word_text(one.quote), (self.note(one),)), style="Quote")
        for against in answer.contradictions:
            said = word_text(otherwise_line(against))
            self.pages.paragraph(Words(said, (self.note(against.citation),)))
        self.pages.code(answer.code or "")
        self.lines(not_found_line(answer), dropped_line(answer))
        self.lines(*(f"Note: {notice}" for notice in answer.audit.notices))

    def sentences(self, answer: Answer) -> Iterator[Words]:
        """Yield the sentences, or what stands in their place."""
        for claim in answer.claims:
            yield from self.sentence(claim, answer)
        if not answer.claims:
            said = self.export(word_text(message(answer)), answer)
            yield Words(said, bold=answer.outcome != "answered")

    def sentence(self, claim: Claim, answer: Answer) -> Iterator[Words]:
        notes = tuple(self.note(one) for one in dict.fromkeys(claim.citations))
        letters = tuple(self.numbers.letters[one] for one in dict.fromkeys(claim.computations))
        yield Words(self.export(word_text(claim.text), answer), notes, letters)
        if claim.doubt:
            yield Words(word_text(doubt(claim)), italic=True)

    def note(self, citation: Citation) -> str:
        number, where = self.papers.numbers[citation.paper], word_text(page(citation))
        return f"“{word_text(citation.quote)}” — [{number}], {where}"

    def computations(self) -> None:
        self.pages.heading("Computations" if self.numbers.letters else "", 1)
        for program, name in self.numbers.letters.items():
            self.lines(f"[{name}] {program.tool} ({program.isolation})")
            self.pages.code(program.code)
            self.pages.code(program.output)

    def lines(self, *lines: str) -> None:
        for line in filter(None, map(word_text, lines)):
            self.pages.paragraph(Words(line))
