"""A run as a page of HTML: its plan, steps, calls and sentences over time, and the answer."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape

from r1agent.report.html import answer_to_html
from r1agent.report.printable import one_line
from r1agent.report.timeline import Timeline
from r1agent.report.trace_html import steps_to_html
from r1agent.types import Answer

_STYLE = (
    "body{font:16px/1.5 sans-serif;max-width:56em;margin:2em auto;padding:0 1em}"
    "li{margin:.3em 0}code{background:#8882;padding:0 .2em;overflow-wrap:anywhere}"
    "small{opacity:.7}blockquote{border-left:3px solid #8886;margin-left:0;padding-left:1em}"
    "pre{overflow-x:auto;background:#8881;padding:.5em}"
)


def run_to_html(timeline: Timeline, answer: Answer | None) -> str:
    """Write a page that needs no network, no script and no other file.

    Args:
        timeline: The run's events.
        answer: None where the run did not come to one.
    """
    ending = answer_to_html(answer) if answer else "<p>This run was stopped before its end.</p>"
    return (
        '<!DOCTYPE html>\n<html><head><meta charset="utf-8">'
        f"<title>{_text(timeline.question)}</title><style>{_STYLE}</style></head><body>"
        f"<h1>{_text(timeline.question)}</h1>"
        f"<p><small>Run {_text(timeline.run)} · {_text(timeline.model)}</small></p>"
        f"{''.join(_trace(timeline))}<h2>Answer</h2>{ending}</body></html>\n"
    )


def _trace(timeline: Timeline) -> Iterator[str]:
    yield f"<h2>Steps</h2>{steps_to_html(timeline.steps)}"
    if timeline.claims:
        claims = (
            f"<li>{_text(claim.text)} <small>{claim.support}"
            f"{_text('; '.join(('', *claim.sources, *claim.reasons)))}</small></li>"
            for claim in timeline.claims
        )
        yield f"<h2>Sentences</h2><ul>{''.join(claims)}</ul>"
    yield "".join(f"<p>Note: {_text(notice)}</p>" for notice in timeline.notices)


def _text(text: str) -> str:
    return escape(one_line(text))
