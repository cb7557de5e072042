"""A report as Markdown: sentences with footnotes that hold their quotes, and the papers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from r1agent.report.markdown_text import fenced, markdown_text
from r1agent.report.papers.bibliography import Bibliography, Piece, bibliography
from r1agent.report.references import doubt, dropped_line, message, nearest_line, page
from r1agent.report.report_lines import (
    Numbers,
    not_found_line,
    numbers_of,
    otherwise_line,
    report_audit_line,
)
from r1agent.reports import Report, Section
from r1agent.types import Answer, Citation, Claim, Computation


def report_to_markdown(
    report: Report,
    *,
    style: str | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
    footnote: Callable[[Citation, int, Bibliography], str] | None = None,
) -> str:
    """Write a report for Pandoc, GitHub and Obsidian.

    Each quote is a footnote with the number of its paper and its page; the papers are numbered at
    the end. Text from papers and models is escaped: it can add no markup, link, note or HTML.

    Args:
        report: What is written.
        style: CSL style of the bibliography; without one it is numbered plainly.
        export: Makes of the sentences of an answer what is written.
        footnote: Writes a quote under its number; by default with its paper and page in plain text.

    Raises:
        ExportError: There is no such style.
    """
    numbers, papers = numbers_of(report), bibliography(report, style=style)
    note = footnote or _footnote
    blocks = [
        f"# {markdown_text(report.title)}",
        *map(markdown_text, report.notes),
        *(block for section in report.sections for block in _section(section, numbers, export)),
        *_computations(numbers),
        _bibliography(papers),
        f"*{markdown_text(report_audit_line(report))}*",
        "\n".join(note(one, number, papers) for one, number in numbers.quotes.items()),
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _section(
    section: Section, numbers: Numbers, export: Callable[[str, Answer], str]
) -> Iterator[str]:
    yield f"## {markdown_text(section.heading)}" if section.heading else ""
    yield from map(markdown_text, section.notes)
    for entry in section.entries:
        yield f"### {markdown_text(entry.label)}" if entry.label else ""
        yield export(_sentences(entry.answer, numbers), entry.answer)
        yield from _below(entry.answer, numbers)


def _sentences(answer: Answer, numbers: Numbers) -> str:
    if answer.claims:
        return " ".join(_sentence(claim, numbers) for claim in answer.claims)
    said = markdown_text(message(answer))
    return said if answer.outcome == "answered" else f"**{said}**"


def _below(answer: Answer, numbers: Numbers) -> Iterator[str]:
    if not answer.claims:
        yield markdown_text(nearest_line(answer))
        yield from (
            f"> {markdown_text(one.quote)}{_notes([one], numbers)}" for one in answer.extracts
        )
    for one in answer.contradictions:
        yield f"{markdown_text(otherwise_line(one))}{_notes([one.citation], numbers)}"
    yield fenced(answer.code, "python") if answer.code else ""
    yield from map(markdown_text, [not_found_line(answer), dropped_line(answer)])
    yield from (f"Note: {markdown_text(notice)}" for notice in answer.audit.notices)


def _sentence(claim: Claim, numbers: Numbers) -> str:
    letters = (f"\\[{numbers.letters[program]}\\]" for program in claim.computations)
    marks = "".join([_notes(claim.citations, numbers), *dict.fromkeys(letters)])
    weak = f" *{markdown_text(doubt(claim))}*" if claim.doubt else ""
    return f"{markdown_text(claim.text)}{marks}{weak}"


def _notes(citations: Iterable[Citation], numbers: Numbers) -> str:
    return "".join(f"[^{numbers.quotes[one]}]" for one in dict.fromkeys(citations))


def _computations(numbers: Numbers) -> Iterator[str]:
    yield "## Computations" if numbers.letters else ""
    for program, name in numbers.letters.items():
        yield _computation(name, program)


def _computation(name: str, program: Computation) -> str:
    heading = f"\\[{name}\\] {markdown_text(program.tool)} ({markdown_text(program.isolation)})"
    return f"{heading}\n\n{fenced(program.code, 'python')}\n\n{fenced(program.output)}"


def _bibliography(papers: Bibliography) -> str:
    lines = [
        f"{number}. {''.join(map(_piece, each.pieces))}"
        for number, each in enumerate(papers.references, 1)
    ]
    return "\n".join(["## Bibliography", "", *lines]) if lines else ""


def _piece(piece: Piece) -> str:
    if piece.address:
        return f"[{markdown_text(piece.text)}](<{piece.address}>)"
    bare = piece.text.strip()
    form = "*" * (piece.italic + 2 * piece.bold) if bare else ""
    before, after = piece.text.startswith(" "), piece.text.endswith(" ")
    return f"{' ' * before}{form}{markdown_text(bare)}{form}{' ' * (after and bool(bare))}"


def _footnote(citation: Citation, number: int, papers: Bibliography) -> str:
    where = f"[{papers.numbers[citation.paper]}], {page(citation)}"
    return f'[^{number}]: "{markdown_text(citation.quote)}" — {markdown_text(where)}'
