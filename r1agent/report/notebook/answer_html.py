"""An answer as a small piece of HTML that folds out, for notebooks."""

from __future__ import annotations

import re
from html import escape
from urllib.parse import quote

from r1agent.report.printable import one_line, printable
from r1agent.report.references import (
    audit_line,
    computations,
    doubt,
    dropped_line,
    letter,
    marks,
    message,
    otherwise_lines,
    page,
    quotes_heading,
    source,
)
from r1agent.types import Answer, Citation, Claim, Computation

_COLOURS = {"not_in_papers": "#9a6700", "refused": "#8250df", "failed": "#cf222e"}
_DOI = re.compile(r"10\.\d{4,9}/\S+")


def answer_to_html(answer: Answer) -> str:
    """Write the answer as a self-contained fragment: no script, no style sheet, no network.

    Everything that comes from a paper, a model or a file name is escaped.
    """
    references = "".join(
        _reference(number, each) for number, each in enumerate(answer.citations, 1)
    )
    programs = "".join(
        _computation(letter(place), each) for place, each in enumerate(computations(answer))
    )
    return (
        '<div class="r1agent-answer" style="max-width:50em">'
        f"<p><b>{_text(answer.question)}</b></p>"
        f"<p>{_sentences(answer)}</p>"
        f"{''.join(f'<p>{_text(line)}</p>' for line in otherwise_lines(answer))}"
        f"{_code(answer.code)}"
        f"{_folded(quotes_heading(answer), len(answer.citations), references, opened=True)}"
        f"{_folded('Computations', len(computations(answer)), programs)}"
        f"{_left_out(answer)}"
        f"{''.join(f'<p>Note: {_text(notice)}</p>' for notice in answer.audit.notices)}"
        f'<p style="opacity:0.7"><small>{_text(audit_line(answer))}</small></p>'
        "</div>"
    )


def _sentences(answer: Answer) -> str:
    if not answer.claims:
        colour = _COLOURS.get(answer.outcome, "inherit")
        return f'<span style="color:{colour}">{_text(message(answer))}</span>'
    return " ".join(_sentence(answer, claim) for claim in answer.claims)


def _sentence(answer: Answer, claim: Claim) -> str:
    quotes = " / ".join(citation.quote for citation in claim.citations)
    return (
        f'<span title="{_text(quotes)}">{_text(claim.text)}</span> '
        f"<small>{_text(marks(answer, claim))}</small>"
        f"{f' <small><i>{_text(doubt(claim))}</i></small>' if claim.doubt else ''}"
    )


def _reference(number: int, citation: Citation) -> str:
    return (
        f"<p>[{number}] {_text(source(citation))}{_doi(citation.doi)}</p>"
        f"<blockquote>{_text(citation.quote)}</blockquote>"
    )


def _doi(doi: str | None) -> str:
    if not doi or not _DOI.fullmatch(doi):
        return ""
    return f' <a href="https://doi.org/{quote(doi)}" rel="noopener noreferrer">{_text(doi)}</a>'


def _computation(name: str, computation: Computation) -> str:
    heading = f"[{name}] {computation.tool} ({computation.isolation})"
    return f"<p>{_text(heading)}</p>{_code(computation.code)}{_code(computation.output)}"


def _left_out(answer: Answer) -> str:
    sentences = "".join(map(_dropped, answer.dropped))
    return _folded(dropped_line(answer), len(answer.dropped), sentences)


def _dropped(claim: Claim) -> str:
    quotes = (
        f"<blockquote>{_text(one.quote)} <small>{_text(f'{one.file}, {page(one)}')}</small>"
        "</blockquote>"
        for one in claim.citations[:1]
    )
    reasons = _text("; ".join(claim.verdict.reasons))
    return f"<p>{_text(claim.text)} <i>({reasons})</i></p>{''.join(quotes)}"


def _folded(heading: str, count: int, content: str, *, opened: bool = False) -> str:
    if not count:
        return ""
    state = " open" if opened else ""
    return f"<details{state}><summary>{_text(heading)} ({count})</summary>{content}</details>"


def _code(code: str | None) -> str:
    return f"<pre><code>{escape(printable(code))}</code></pre>" if code else ""


def _text(text: str) -> str:
    return escape(one_line(text))
