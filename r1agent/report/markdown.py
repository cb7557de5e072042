"""An answer as Markdown, for notes and notebooks."""

from __future__ import annotations

from r1agent.report.markdown_text import fenced, markdown_text
from r1agent.report.references import (
    audit_line,
    computations,
    doubt,
    dropped_line,
    letter,
    marks,
    message,
    otherwise_lines,
    quotes_heading,
    source,
)
from r1agent.types import Answer, Citation, Claim, Computation


def answer_to_markdown(answer: Answer) -> str:
    """Write the answer with its numbered references, computations and audit.

    Text from papers and models is escaped: it can add no markup, link or HTML of its own.
    """
    blocks = [
        _sentences(answer),
        *map(markdown_text, otherwise_lines(answer)),
        fenced(answer.code, "python") if answer.code else "",
        _references(answer),
        _computations(answer),
        markdown_text(dropped_line(answer)),
        *(f"Note: {markdown_text(notice)}" for notice in answer.audit.notices),
        f"*{markdown_text(audit_line(answer))}*",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def _sentences(answer: Answer) -> str:
    if not answer.claims:
        said = markdown_text(message(answer))
        return said if answer.outcome == "answered" else f"**{said}**"
    return " ".join(_sentence(answer, claim) for claim in answer.claims)


def _sentence(answer: Answer, claim: Claim) -> str:
    parts = [markdown_text(claim.text), markdown_text(marks(answer, claim))]
    return " ".join(
        filter(None, [*parts, f"*{markdown_text(doubt(claim))}*" if claim.doubt else ""])
    )


def _references(answer: Answer) -> str:
    items = [_reference(number, each) for number, each in enumerate(answer.citations, 1)]
    return "\n".join([f"**{quotes_heading(answer)}**", "", *items]) if items else ""


def _reference(number: int, citation: Citation) -> str:
    indent = " " * len(f"{number}. ")
    return f"{number}. {markdown_text(source(citation))}\n{indent}> {markdown_text(citation.quote)}"


def _computations(answer: Answer) -> str:
    items = [_computation(letter(place), each) for place, each in enumerate(computations(answer))]
    return "\n\n".join(["**Computations**", *items]) if items else ""


def _computation(name: str, computation: Computation) -> str:
    heading = (
        f"\\[{name}\\] {markdown_text(computation.tool)} ({markdown_text(computation.isolation)})"
    )
    output = fenced(computation.output)
    return f"{heading}\n\n{fenced(computation.code, 'python')}\n\n{output}"
