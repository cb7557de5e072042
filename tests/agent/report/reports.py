"""Reports for the tests of what is exported, and the same ones in hostile words."""

from __future__ import annotations

from dataclasses import replace

from r1agent.reports import Entry, Report, Section
from r1agent.types import (
    Answer,
    Citation,
    Claim,
    Computation,
    Contradiction,
    Plan,
    PlanStep,
    Step,
    ToolCall,
    ToolResult,
    Trajectory,
    Verdict,
)
from tests.agent.report.answers import ANSWER, NOT_FOUND, QUOTE

TEACHERS = replace(
    QUOTE,
    quote="Teachers lose 0.9 points.",
    paper="b7",
    file="teachers.pdf",
    title="On teachers",
    authors=("Ludwig van Beethoven", "DeepSeek-AI", "王小明"),
    year=2015,
    page=4,
    page_label="4",
    doi="10.48550/arxiv.1503.02531",
)
SCAN = replace(
    QUOTE,
    quote="Students gain.",
    paper="c9",
    file="scan.pdf",
    title="",
    authors=(),
    year=None,
    page=1,
    page_label="1",
    doi=None,
)


def report_of(text: str = "Words of the paper.", name: str = "Ada B. Writer") -> Report:
    """Return a review in which all that a paper, a model or a file name says is `text`."""
    quotes = [_told(each, text, name) for each in (QUOTE, TEACHERS, SCAN)]
    return Report(
        "review",
        text,
        (
            Section(
                text, (Entry(_answer(text, quotes), text), Entry(_quotes(text, quotes))), (text,)
            ),
            Section("Open questions", (Entry(replace(NOT_FOUND, message=text)),)),
        ),
        (text,),
    )


REVIEW = Report(
    "review",
    "Label smoothing",
    (
        Section(
            "Results",
            (
                Entry(
                    replace(
                        ANSWER,
                        contradictions=(
                            Contradiction("Smoothing costs 0.6 points.", TEACHERS, "0.9, not 0.6"),
                        ),
                    ),
                    "Method",
                ),
            ),
            ("Two papers were grouped.",),
        ),
        Section("What the papers do not say", (Entry(NOT_FOUND),)),
    ),
    ("From the index `kd`.",),
)
"""Three sentences and two papers."""


def _told(citation: Citation, text: str, name: str) -> Citation:
    named = (name,) if citation.authors else ()
    title = text if citation.title else ""
    return replace(
        citation, quote=text, file=text, title=title, authors=named, page_label=text, doi=text
    )


def _answer(text: str, quotes: list[Citation]) -> Answer:
    program = Computation(text, "print(1)", "1", text)
    verdict = Verdict("supported", text, (text,))
    call = ToolResult(ToolCall(text, {"query": text}), text, True, 0.5)
    return replace(
        ANSWER,
        question=text,
        claims=(Claim(text, tuple(quotes[:2]), verdict, (program,), doubt=text),),
        trajectory=Trajectory((Step(PlanStep(text, text, text), (call,), verdict),)),
        plan=Plan((PlanStep(text, text, text),)),
        audit=replace(ANSWER.audit, notices=(text,), not_found=(text,), model=text),
        dropped=(Claim(text, (quotes[0],), Verdict("unsupported", text, (text,))),),
        contradictions=(Contradiction(text, quotes[2], text),),
        code="print(2)",
    )


def _quotes(text: str, quotes: list[Citation]) -> Answer:
    return replace(ANSWER, claims=(), dropped=(), extracts=tuple(quotes), message=text)
