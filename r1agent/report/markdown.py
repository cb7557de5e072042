"""An answer as Markdown, for notes and notebooks."""

from __future__ import annotations

import html
import re

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
    source,
)
from r1agent.types import Answer, Citation, Claim, Computation

_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|~$]|^[-=]|^\d+(?=[.)]))", re.MULTILINE)


def answer_to_markdown(answer: Answer) -> str:
    """Write the answer with its numbered references, computations and audit.

    Text from papers and models is escaped: it can add no markup, link or HTML of its own.
    """
    blocks = [
        _sentences(answer),
        *map(_escaped, otherwise_lines(answer)),
        _fenced(answer.code, "python") if answer.code else "",
        _references(answer),
        _computations(answer),
        _escaped(dropped_line(answer)),
        *(f"Note: {_escaped(notice)}" for notice in answer.audit.notices),
        f"*{_escaped(audit_line(answer))}*",
    ]
    return "\n\n".join(filter(None, blocks)) + "\n"


def turn_to_markdown(asked: str, answer: Answer) -> str:
    """Write a question of a conversation as a heading, and its answer below."""
    lines = [f"## {_escaped(asked)}"]
    if one_line(asked) != one_line(answer.question):
        lines.append(f"*Understood as: {_escaped(answer.question)}*")
    return "\n\n".join([*lines, answer_to_markdown(answer)])


def _sentences(answer: Answer) -> str:
    if not answer.claims:
        said = _escaped(message(answer))
        return said if answer.outcome == "answered" else f"**{said}**"
    return " ".join(_sentence(answer, claim) for claim in answer.claims)


def _sentence(answer: Answer, claim: Claim) -> str:
    parts = [_escaped(claim.text), _escaped(marks(answer, claim))]
    return " ".join(filter(None, [*parts, f"*{_escaped(doubt(claim))}*" if claim.doubt else ""]))


def _references(answer: Answer) -> str:
    items = [_reference(number, each) for number, each in enumerate(answer.citations, 1)]
    return "\n".join(["**References**", "", *items]) if items else ""


def _reference(number: int, citation: Citation) -> str:
    indent = " " * len(f"{number}. ")
    return f"{number}. {_escaped(source(citation))}\n{indent}> {_escaped(citation.quote)}"


def _computations(answer: Answer) -> str:
    items = [_computation(letter(place), each) for place, each in enumerate(computations(answer))]
    return "\n\n".join(["**Computations**", *items]) if items else ""


def _computation(name: str, computation: Computation) -> str:
    heading = f"\\[{name}\\] {_escaped(computation.tool)} ({_escaped(computation.isolation)})"
    output = _fenced(computation.output, "")
    return f"{heading}\n\n{_fenced(computation.code, 'python')}\n\n{output}"


def _fenced(code: str, language: str) -> str:
    """Fence code with more backticks than any run of them inside."""
    text = printable(code).strip("\n")
    longest = max((len(run) for run in re.findall("`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{text}\n{fence}"


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", html.escape(one_line(text), quote=False))
