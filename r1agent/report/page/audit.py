"""How the answer was checked, what was searched and not found, and what went other than planned."""

from __future__ import annotations

from collections.abc import Sequence

from r1agent.report.page.markup import NOTHING, Html, listed, said, tag, text
from r1agent.report.references import ended_as
from r1agent.types import Answer


def audit_to_html(answer: Answer) -> Html:
    """Write the audit of an answer, a line each; what is not known is left out."""
    audit = answer.audit
    written = len(answer.claims) + len(answer.dropped)
    kept = f"{len(answer.claims)} of {written} sentences ({audit.support_rate:.0%})"
    facts = {
        "Outcome": text(ended_as(answer)),
        "Supported": text(kept) if written else NOTHING,
        "Confidence": text(audit.confidence) if answer.outcome == "answered" else NOTHING,
        "Checked": listed(map(text, audit.checks)),
        "Entailment by": text(audit.entailment),
        "Searched for": listed(map(said, audit.searched)),
        "Not found": listed(map(said, audit.not_found)),
        "Model": text(", ".join(filter(None, (audit.model, audit.engine)))),
        "Tool calls": text(f"{len(answer.trajectory.results):,}"),
        "Time": text(f"{audit.seconds:.1f} s"),
    }
    rows = [
        piece
        for name, fact in facts.items()
        if fact
        for piece in (tag("dt", text(name)), tag("dd", fact))
    ]
    return tag("dl", *rows, class_="facts")


def notices_to_html(notices: Sequence[str]) -> Html:
    """Write what went other than planned."""
    return listed(map(text, dict.fromkeys(notices)), class_="notices")
