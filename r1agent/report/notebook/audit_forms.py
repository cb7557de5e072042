"""An audit as a small table, in HTML and in Markdown, for notebooks."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.markdown_text import markdown_text
from r1agent.report.page.markup import joined, said, tag, text
from r1agent.report.printable import one_line
from r1agent.report.references import usage_line
from r1agent.types import Audit


def audit_to_html(audit: Audit) -> str:
    """Write an audit as a table of what is known.

    A self-contained fragment: no script, no style sheet, no network. All text is escaped.
    """
    rows = (
        tag(
            "tr",
            tag("th", text(name), scope="row", style="text-align:left;vertical-align:top"),
            tag("td", said(value), style="text-align:left"),
        )
        for name, value in _facts(audit)
    )
    return tag("table", joined(rows), class_="r1agent-audit", style="max-width:50em;color:inherit")


def audit_to_markdown(audit: Audit) -> str:
    """Write an audit as a list of what is known; no text in it adds markup of its own."""
    lines = [f"- **{name}:** {markdown_text(value)}" for name, value in _facts(audit)]
    return "\n".join(lines) + "\n"


def _facts(audit: Audit) -> Iterator[tuple[str, str]]:
    facts = {
        "Support": f"{audit.support_rate:.0%} of the sentences that were written",
        "Confidence": audit.confidence,
        "Checked": ", ".join(audit.checks),
        "Entailment by": audit.entailment,
        "Searched for": " · ".join(f"“{query}”" for query in audit.searched),
        "Not found": " · ".join(audit.not_found),
        "Notes": " · ".join(audit.notices),
        "Tokens": usage_line(audit).removeprefix("Tokens: "),
        "Model": ", ".join(filter(None, (audit.model, audit.engine))),
        "Time": f"{audit.seconds:.1f} s" if audit.seconds else "",
    }
    yield from ((name, value) for name, value in facts.items() if one_line(value))
