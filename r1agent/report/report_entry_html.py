"""An entry of a report as HTML: its sentences over their quotes, who disagrees, and its trace."""

from __future__ import annotations

from html import escape

from r1agent.report.papers.bibliography import Bibliography, Piece, Reference
from r1agent.report.printable import one_line, printable
from r1agent.report.references import audit_line, doubt, dropped_line, message, nearest_line, page
from r1agent.report.report_lines import Numbers, not_found_line, otherwise_line
from r1agent.report.trace_html import steps_of, steps_to_html
from r1agent.reports import Entry
from r1agent.types import Answer, Citation, Claim, Computation, Contradiction


def entry_to_html(entry: Entry, numbers: Numbers, papers: Bibliography) -> str:
    """Write an entry; what comes from a paper or a model is escaped."""
    answer = entry.answer
    against = "".join(_against(one, papers) for one in answer.contradictions)
    lines = [not_found_line(answer), *(f"Note: {notice}" for notice in answer.audit.notices)]
    return (
        f"<article>{_tagged('h3', entry.label)}{_said(answer, numbers, papers)}{against}"
        f"{_code(answer.code)}{''.join(_tagged('p', line) for line in lines)}{_trace(answer)}"
        "</article>"
    )


def reference_to_html(reference: Reference) -> str:
    """Write a line of the bibliography; a DOI is a link."""
    return "".join(map(_piece, reference.pieces))


def text_to_html(text: str) -> str:
    """Write `text` as one line without any markup of its own."""
    return escape(one_line(text))


def _said(answer: Answer, numbers: Numbers, papers: Bibliography) -> str:
    if answer.claims:
        return "".join(_sentence(claim, numbers, papers) for claim in answer.claims)
    state = "" if answer.outcome == "answered" else ' class="outcome"'
    quotes = "".join(_quote(one, papers) for one in answer.extracts)
    nearest = _tagged("p", nearest_line(answer))
    return f"<p{state}>{text_to_html(message(answer))}</p>{nearest}{quotes}"


def _sentence(claim: Claim, numbers: Numbers, papers: Bibliography) -> str:
    """Fold the quotes and the programs under a sentence into it."""
    citations = dict.fromkeys(claim.citations)
    programs = dict.fromkeys(claim.computations)
    called = [f"{papers.numbers[one.paper]}, {page(one)}" for one in citations]
    called += [numbers.letters[program] for program in programs]
    marks = f" <sup>{''.join(f'[{text_to_html(each)}]' for each in called)}</sup>" if called else ""
    weak = f' <small class="weak">{text_to_html(doubt(claim))}</small>' if claim.doubt else ""
    line = f"{text_to_html(claim.text)}{marks}{weak}"
    if not called:
        return f"<p>{line}</p>"
    quotes = "".join(_quote(one, papers) for one in citations)
    computed = "".join(_computation(numbers.letters[one], one) for one in programs)
    return f"<details><summary>{line}</summary>{quotes}{computed}</details>"


def _quote(citation: Citation, papers: Bibliography) -> str:
    number = papers.numbers[citation.paper]
    return (
        f"<blockquote>“{text_to_html(citation.quote)}” "
        f'<small>— <a href="#paper-{number}">[{number}]</a>, {text_to_html(page(citation))}</small>'
        "</blockquote>"
    )


def _computation(name: str, program: Computation) -> str:
    heading = f"[{name}] {program.tool} ({program.isolation})"
    return f"{_tagged('p', heading)}{_code(program.code)}{_code(program.output)}"


def _against(contradiction: Contradiction, papers: Bibliography) -> str:
    quote = _quote(contradiction.citation, papers)
    return f'<div class="against">{_tagged("p", otherwise_line(contradiction))}{quote}</div>'


def _trace(answer: Answer) -> str:
    """Draw how the answer came about, with the sentences that were left out and why."""
    dropped = "".join(
        f"<li>{text_to_html(claim.text)} <i>({text_to_html('; '.join(claim.verdict.reasons))})</i>"
        "</li>"
        for claim in answer.dropped
    )
    left_out = f"{_tagged('p', dropped_line(answer))}<ul>{dropped}</ul>" if dropped else ""
    steps = steps_to_html(steps_of(answer.trajectory)) if answer.trajectory.steps else ""
    return (
        '<details class="trace"><summary>How this was found</summary>'
        f"{steps}{left_out}{_tagged('p', audit_line(answer))}</details>"
    )


def _piece(piece: Piece) -> str:
    text = escape(printable(piece.text))
    if piece.address:
        return f'<a href="{escape(piece.address)}" rel="noopener noreferrer">{text}</a>'
    text = f"<i>{text}</i>" if piece.italic else text
    return f"<b>{text}</b>" if piece.bold else text


def _tagged(tag: str, text: str) -> str:
    return f"<{tag}>{text_to_html(text)}</{tag}>" if one_line(text) else ""


def _code(code: str | None) -> str:
    return f"<pre><code>{escape(printable(code))}</code></pre>" if code else ""
