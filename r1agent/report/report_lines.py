"""The numbers, and the sentences about itself, by which a report points at its evidence."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from r1agent.report.printable import one_line
from r1agent.report.references import OUTCOMES, audit_line, computations, letter, page, total_cost
from r1agent.reports import Report
from r1agent.types import Answer, Citation, Computation, Contradiction
from r1agent.words import counted


@dataclass(frozen=True, slots=True)
class Numbers:
    """What each quote and each computation of a report is called in it."""

    quotes: dict[Citation, int]
    """From 1, in order."""
    letters: dict[Computation, str]


def numbers_of(report: Report) -> Numbers:
    """Number the quotes of a report, and letter its computations."""
    programs = dict.fromkeys(
        program for entry in report.entries for program in computations(entry.answer)
    )
    return Numbers(
        {citation: number for number, citation in enumerate(report.citations, 1)},
        {program: letter(place) for place, program in enumerate(programs)},
    )


def otherwise_line(contradiction: Contradiction) -> str:
    """Say which paper contradicts a sentence, where, and in what."""
    against = contradiction.citation
    title = one_line(against.title or against.file)
    return f"Says otherwise: {title}, {page(against)} ({one_line(contradiction.reason)})"


def not_found_line(answer: Answer) -> str:
    """Say what was looked for and not found; empty where all was."""
    missing = [one_line(goal).rstrip(".") for goal in answer.audit.not_found]
    return f"Not found in the papers: {'; '.join(missing)}." if missing else ""


def report_audit_line(report: Report) -> str:
    """Sum a report up: support, outcomes, papers, quotes, models, cost and seconds."""
    if len(report.entries) == 1:
        return audit_line(report.entries[0].answer)
    audits = [entry.answer.audit for entry in report.entries]
    models = dict.fromkeys(one_line(audit.model) for audit in audits)
    parts = [
        _support(report),
        *_outcomes(report),
        counted(len(report.papers), "paper"),
        counted(len(report.citations), "quote"),
        ", ".join(filter(None, models)),
        total_cost(report.usage.values()),
        f"{sum(audit.seconds for audit in audits):.0f} s",
    ]
    return " · ".join(filter(None, parts))


def _support(report: Report) -> str:
    shown = sum(len(entry.answer.claims) for entry in report.entries)
    written = shown + sum(len(entry.answer.dropped) for entry in report.entries)
    if not written:
        return ""
    return f"support {report.support_rate:.0%} ({shown} of {counted(written, 'sentence')})"


def _outcomes(report: Report) -> list[str]:
    found = Counter(OUTCOMES[entry.answer.outcome] for entry in report.entries)
    return [f"{found[said]} {said}" for said in OUTCOMES.values() if found[said]]
