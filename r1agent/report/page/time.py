"""Where the time and the tokens of a run went, drawn as bars in tables."""

from __future__ import annotations

from collections.abc import Sequence

from r1agent.report.page.markup import NOTHING, Html, folded, joined, link, said, tag, text
from r1agent.report.watching.spans import (
    ANSWER,
    PLAN,
    Kind,
    Span,
    lanes_of,
    seconds_by_kind,
    spans_of,
)
from r1agent.report.watching.timeline import Timeline
from r1agent.types import Answer, Usage
from r1agent.words import counted

_KINDS: dict[Kind, str] = {
    "planner": "model as planner",
    "executor": "model as executor",
    "writer": "model as writer",
    "tool": "tools",
    "check": "checks",
}
_WIDE = 1000
"""Width of a bar in its own units."""
_SHORTEST = 0.05
"""Seconds of a stretch that is drawn; a shorter one would be told as nothing."""
_ROLES = ("Role", "Requests", "Tokens read", "Tokens written", "Seconds")


def time_to_html(timeline: Timeline) -> Html:
    """Write a line of time for the plan, each step and the answer, and all spans as a table."""
    spans = [span for span in spans_of(timeline.moments) if span.seconds >= _SHORTEST]
    if not spans:
        return NOTHING
    end = spans[-1].ended
    rows = [_lane_row(lane, own, timeline, end) for lane, own in lanes_of(spans)]
    head = tag("tr", *(tag("th", text(each), scope="col") for each in ("Part", "Seconds", "When")))
    table = tag(
        "table",
        tag("caption", text(f"The run from its start to {end:.1f} s")),
        tag("thead", head),
        tag("tbody", *rows),
        class_="time",
    )
    return joined([_legend(spans), table, _all_spans(spans)])


def roles_to_html(answer: Answer) -> Html:
    """Write what each role of the model and the tools took, and the whole."""
    usage = {role: used for role, used in answer.audit.usage.items() if used.calls}
    whole = sum(usage.values(), Usage())
    longest = max([answer.audit.seconds, 0.001, *(used.seconds for used in usage.values())])
    rows = [_role_row(role, used, longest) for role, used in usage.items()]
    results = answer.trajectory.results
    if results:
        worked = sum(result.seconds for result in results)
        rows.append(_row("tools", counted(len(results), "call"), "", "", worked, longest, "tool"))
    if not rows:
        return tag("p", text("No model was asked and no tool was called."))
    read, written = f"{whole.prompt_tokens:,}", f"{whole.completion_tokens:,}"
    seconds = answer.audit.seconds
    foot = _row("whole run", f"{whole.calls:,}", read, written, seconds, longest, "whole")
    return tag(
        "table",
        tag("caption", text("By role of the model; requests that wait for each other overlap")),
        tag("thead", tag("tr", *(tag("th", text(each), scope="col") for each in _ROLES))),
        tag("tbody", *rows),
        tag("tfoot", foot),
        class_="roles",
    )


def _lane_row(lane: str | int, spans: Sequence[Span], timeline: Timeline, end: float) -> Html:
    told = ", ".join(f"{_KINDS[kind]} {seconds:.1f} s" for kind, seconds in seconds_by_kind(spans))
    seconds = sum(span.seconds for span in spans)
    return tag(
        "tr",
        tag("th", _lane_name(lane, timeline), scope="row"),
        tag("td", text(f"{seconds:.1f}"), class_="number"),
        tag("td", _bar(spans, end, told)),
    )


def _lane_name(lane: str | int, timeline: Timeline) -> Html:
    if lane in (PLAN, ANSWER):
        return link(str(lane), text(str(lane).capitalize()))
    goal = next((step.goal for step in timeline.steps if step.number == lane), "")
    return joined([link(f"step-{lane}", text(f"Step {lane}")), Html(" "), said(goal)])


def _bar(spans: Sequence[Span], end: float, told: str) -> Html:
    """Draw spans to scale; what the picture shows is also said in words."""
    pieces = [
        tag(
            "rect",
            tag("title", text(_told(span))),
            x=f"{_WIDE * span.started / end:.2f}",
            width=f"{max(_WIDE * span.seconds / end, 2):.2f}",
            y="0",
            height="10",
            class_=span.kind,
        )
        for span in spans
    ]
    return _drawing(pieces, told)


def _drawing(pieces: Sequence[Html], told: str) -> Html:
    return tag(
        "svg",
        *pieces,
        viewBox=f"0 0 {_WIDE} 10",
        preserveAspectRatio="none",
        role="img",
        aria_label=told,
    )


def _legend(spans: Sequence[Span]) -> Html:
    kinds = [
        tag("li", tag("span", class_=f"swatch {kind}"), text(f"{_KINDS[kind]}: {seconds:.1f} s"))
        for kind, seconds in seconds_by_kind(spans)
    ]
    return tag("ul", *kinds, class_="legend")


def _all_spans(spans: Sequence[Span]) -> Html:
    names = ("From", "To", "Kind", "What")
    head = tag("tr", *(tag("th", text(each), scope="col") for each in names))
    rows = [
        tag(
            "tr",
            tag("td", text(f"{span.started:.1f} s"), class_="number"),
            tag("td", text(f"{span.ended:.1f} s"), class_="number"),
            tag("td", text(_KINDS[span.kind])),
            tag("td", text(span.what)),
        )
        for span in spans
    ]
    return folded(
        text(f"Every stretch of time ({len(spans)})"),
        tag("table", tag("thead", head), tag("tbody", *rows)),
    )


def _told(span: Span) -> str:
    return f"{span.what}: {span.started:.1f} to {span.ended:.1f} s"


def _role_row(role: str, used: Usage, longest: float) -> Html:
    cached = f" ({used.cached_tokens:,} from the prefix cache)" if used.cached_tokens else ""
    thought = f" ({used.thinking_tokens:,} in thoughts)" if used.thinking_tokens else ""
    kept = f" and {used.from_cache:,} from the disk" if used.from_cache else ""
    untold = f", {used.untold:,} without a count" if used.untold else ""
    return _row(
        role,
        f"{used.calls:,}{kept}{untold}",
        f"{used.prompt_tokens:,}{cached}",
        f"{used.completion_tokens:,}{thought}",
        used.seconds,
        longest,
        "model",
    )


def _row(
    name: str, calls: str, read: str, written: str, seconds: float, longest: float, kind: str
) -> Html:
    width = f"{_WIDE * seconds / longest:.2f}"
    bar = tag("rect", x="0", y="0", width=width, height="10", class_=kind)
    cells = zip(_ROLES[1:4], (calls, read, written), strict=True)
    return tag(
        "tr",
        tag("th", text(name.replace("_", " ")), scope="row"),
        *(tag("td", text(cell), class_="number", data_label=f"{label}: ") for label, cell in cells),
        tag("td", text(f"{seconds:.1f}"), _drawing([bar], f"{seconds:.1f} seconds")),
    )
