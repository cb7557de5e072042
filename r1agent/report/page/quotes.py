"""A quote and a program on the page: their words, where they stand, and what they rest on."""

from __future__ import annotations

from r1agent.report.page.markup import (
    NOTHING,
    Html,
    code,
    doi_link,
    joined,
    link,
    said,
    spaced,
    tag,
    text,
)
from r1agent.report.references import computations, letter, source
from r1agent.types import Answer, Citation, Claim, Computation


def quote_to_html(citation: Citation, answer: Answer) -> Html:
    """Write a quote with its paper, page and DOI; its number leads to the references."""
    number = _mark(citation, answer)
    place = [number, said(source(citation)), doi_link(citation.doi)]
    return tag(
        "figure",
        tag("blockquote", said(f"“{citation.quote}”", "p")),
        tag("figcaption", spaced(place)),
        class_="quote",
    )


def program_to_html(computation: Computation, answer: Answer) -> Html:
    """Write a program and its output, with the letter that sentences name it by."""
    heading = f"[{_letter(computation, answer)}] {computation.tool}"
    confined = f"Isolation: {computation.isolation}" if computation.isolation else ""
    output = code(computation.output) or tag("p", text("It printed nothing."), class_="less")
    return joined(
        [
            tag("h3", text(heading)),
            code(computation.code),
            tag("p", text("Output"), class_="label"),
            output,
            tag("p", text(confined), class_="less") if confined else NOTHING,
        ]
    )


def references_to_html(answer: Answer) -> Html:
    """Write what the numbers of quotes stand for, one a line."""
    rows = [
        tag("li", spaced([said(source(each)), doi_link(each.doi)]), id=_id(place))
        for place, each in enumerate(answer.citations, 1)
    ]
    return tag("ol", *rows, class_="references") if rows else NOTHING


def quotes_of(claim: Claim, answer: Answer) -> Html:
    """Write every quote under a sentence."""
    return joined(quote_to_html(each, answer) for each in dict.fromkeys(claim.citations))


def _mark(citation: Citation, answer: Answer) -> Html:
    """Write the number of a quote that is shown; one under a dropped sentence may have none."""
    if citation not in answer.citations:
        return NOTHING
    place = answer.citations.index(citation) + 1
    return link(_id(place), text(f"[{place}]"))


def _letter(computation: Computation, answer: Answer) -> str:
    return letter(computations(answer).index(computation))


def _id(place: int) -> str:
    return f"reference-{place}"
