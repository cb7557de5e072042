"""Steps as a tree that folds: what each was for, its calls with what they gave, its verdict."""

from __future__ import annotations

from collections.abc import Iterable

from r1agent.report.fenced_passages import FencedPassage, fenced_passages
from r1agent.report.page.markup import (
    NOTHING,
    Html,
    code,
    folded,
    joined,
    listed,
    said,
    spaced,
    tag,
    text,
)
from r1agent.report.printable import shortened
from r1agent.report.watching.timeline import RUNNING, STOPPED, WAITING, CallLine, StepLine

MARKS = {
    WAITING: ("·", "inherit"),
    RUNNING: ("▸", "#0a84c1"),
    STOPPED: ("✗", "#b07a00"),
    "supported": ("✓", "#2a9d4a"),
    "partly": ("~", "#b07a00"),
    "contradicted": ("✗", "#e5484d"),
    "unsupported": ("✗", "#e5484d"),
}
"""A sign for each state, and a colour that can be read on white and on black."""
_OUTCOME = 80
"""Characters of an outcome that are seen before it is opened."""


def step_tree(steps: Iterable[StepLine]) -> Html:
    """Write steps one below the other, each to be opened."""
    return tag("div", *map(_step, steps), style="margin-left:0.5em")


def step_heading(step: StepLine) -> Html:
    """Write a step in a line: its state, what it is for, its tool and its time."""
    sign, colour = MARKS.get(step.state, ("?", "inherit"))
    known = {} if step.state == WAITING else {"title": step.state}
    mark = tag("span", text(sign), style=f"color:{colour}", **known)
    goal = text(f"{step.number}. {step.goal}" if step.number else step.goal)
    facts = " · ".join(filter(None, (step.tool, _seconds(step))))
    small = tag("small", text(facts), style="opacity:0.75") if facts else NOTHING
    return spaced([mark, goal, small])


def call_heading(call: CallLine) -> str:
    """Say in a line what was called, with what, and what came of it."""
    asked = f"{call.tool} {call.arguments}".rstrip()
    if call.ok is None:
        return asked
    failed = "" if call.ok else "failed: "
    outcome = shortened(call.outcome, _OUTCOME) or "nothing"
    return f"{asked} → {failed}{outcome} ({call.seconds:.1f} s)"


def verdict_line(step: StepLine) -> str:
    """Say how well the evidence carries a step, and on what that rests; empty before that."""
    if step.state in (WAITING, RUNNING):
        return ""
    return f"{step.state}: {step.rests_on}" if step.rests_on else step.state


def _step(step: StepLine) -> Html:
    inside = joined([_line("Done when", step.done_when), *map(_call, step.calls), _verdict(step)])
    style = "margin:0.2em 0"
    if not inside:
        return tag("div", step_heading(step), style=style)
    return folded(step_heading(step), _indented(inside), style=style)


def _seconds(step: StepLine) -> str:
    return f"{step.ended - step.started:.1f} s" if step.ended else ""


def _verdict(step: StepLine) -> Html:
    reasons = listed(map(text, step.reasons))
    return joined([_line("Verdict", verdict_line(step)), reasons])


def _line(name: str, value: str) -> Html:
    return tag("div", spaced([tag("small", text(f"{name}:")), text(value)])) if value else NOTHING


def _call(call: CallLine) -> Html:
    heading = tag("code", text(call_heading(call)))
    given = (_argument(name, str(value)) for name, value in call.given.items())
    inside = joined([*given, _result(call.text)])
    return folded(heading, _indented(inside)) if inside else tag("div", heading)


def _argument(name: str, value: str) -> Html:
    """Write what was given, a program with its lines."""
    if "\n" not in value:
        return _line(name, value)
    return joined([tag("small", text(f"{name}:")), code(value)])


def _result(outcome: str) -> Html:
    """Write passages as quotes with their page, anything else as it is."""
    passages = fenced_passages(outcome)
    if not passages:
        return code(outcome)
    return joined(
        tag("blockquote", said(each.text), tag("div", tag("small", text(_place(each)))))
        for each in passages
    )


def _place(passage: FencedPassage) -> str:
    return f"{passage.title}, p. {passage.page}"


def _indented(content: Html) -> Html:
    return tag("div", content, style="margin:0.2em 0 0.4em 1.5em")
