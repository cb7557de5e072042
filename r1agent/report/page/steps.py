"""The plan on the page, each revision of it, and what was done for each step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from r1agent.report.fenced_passages import fenced_passages
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
from r1agent.report.page.thoughts import thoughts_to_html
from r1agent.report.watching.thoughts import ANSWERING, PLANNING
from r1agent.report.watching.timeline import (
    RUNNING,
    STOPPED,
    WAITING,
    CallLine,
    Planned,
    StepLine,
    Timeline,
)

_ONE_LINE = 100
_ENDED = {WAITING: "not begun", RUNNING: STOPPED}
"""What a step is called that was not done when the run came to its end."""


def steps_to_html(timeline: Timeline) -> Html:
    """Write each plan with its reason, the searches beyond the plans, and what was thought."""
    planned = [step for plan in timeline.plans for step in plan.steps]
    beyond = [step for step in timeline.steps if not _holds(planned, step)]
    writing = thoughts_to_html(timeline, ANSWERING)
    return joined(
        [
            thoughts_to_html(timeline, PLANNING),
            *(_plan(plan, timeline) for plan in timeline.plans),
            *(_step(step, timeline, carried_out=True) for step in beyond),
            joined([tag("h3", text("Writing the answer")), writing]) if writing else NOTHING,
        ]
    )


def _plan(plan: Planned, timeline: Timeline) -> Html:
    steps = timeline.steps
    heading = f"Revision {plan.revision}" if plan.revision else "First plan"
    why = _why(plan, steps)
    if not plan.steps:
        empty = tag("p", text("It has no steps."), class_="less")
        return joined([tag("h3", text(heading)), empty])
    return joined(
        [
            tag("h3", text(f"{heading}, after {plan.seconds:.1f} s")),
            tag("p", why) if plan.revision and why else NOTHING,
            *(_step(step, timeline, carried_out=_holds(steps, step)) for step in plan.steps),
        ]
    )


def _why(plan: Planned, steps: Sequence[StepLine]) -> Html:
    """Say which step failed before a revision, and in what."""
    failed = [
        step
        for step in steps
        if 0 < step.ended <= plan.seconds and step.state != "supported" and step.number
    ]
    if not failed:
        return NOTHING
    last = failed[-1]
    why = "; ".join(last.reasons) or last.rests_on
    return text(f"Revised because step {last.number} was {last.state}: {why}.")


def _holds(steps: Sequence[StepLine], step: StepLine) -> bool:
    """Tell whether this very step is among them: a revision gives its number to another."""
    return any(step is each for each in steps)


def _step(step: StepLine, timeline: Timeline, *, carried_out: bool) -> Html:
    """Write a step; one that a revision replaced is no place that a link leads to."""
    place = {"id": f"step-{step.number}"} if carried_out else {}
    state = _ENDED.get(step.state, step.state)
    number = f"{step.number}." if step.number else ""
    seconds = f"{step.ended - step.started:.1f} s" if step.ended else ""
    facts = " · ".join(filter(None, (step.tool, seconds)))
    done = f"Done when: {step.done_when}" if step.done_when else ""
    rests = f"Rests on: {step.rests_on}" if step.rests_on else ""
    badge = tag("small", text(state), class_=f"badge {state.replace(' ', '-')}")
    return tag(
        "article",
        tag(
            "h4",
            spaced([text(number), said(step.goal), badge if step.number else NOTHING]),
        ),
        tag("p", text(facts), class_="less") if facts else NOTHING,
        *(tag("p", text(each)) for each in (done, rests) if each),
        listed(map(text, step.reasons), class_="reasons"),
        thoughts_to_html(timeline, step.number) if carried_out else NOTHING,
        *map(_call, step.calls),
        class_="step",
        **place,
    )


def _call(call: CallLine) -> Html:
    outcome = _brief(call.outcome) or "nothing" if call.ok is not None else STOPPED
    seconds = f" · {call.seconds:.1f} s" if call.ok is not None else ""
    heading = [
        tag("code", text(call.tool)),
        text(call.arguments),
        tag("small", text("failed"), class_="badge failed") if call.ok is False else NOTHING,
        tag("span", text(f"→ {outcome}{seconds}"), class_="less"),
    ]
    return folded(spaced(heading), _arguments(call.given), _result(call.text), class_="call")


def _brief(outcome: str) -> str:
    line = " ".join(outcome.split())
    return line if len(line) <= _ONE_LINE else f"{line[: _ONE_LINE - 1].rstrip()}…"


def _arguments(given: Mapping[str, Any]) -> Html:
    rows = [
        joined([tag("dt", text(name)), tag("dd", _value(str(value)))])
        for name, value in given.items()
    ]
    return tag("dl", *rows) if rows else NOTHING


def _value(value: str) -> Html:
    return code(value) if "\n" in value or len(value) > _ONE_LINE else said(value)


def _result(outcome: str) -> Html:
    """Write passages as quotes with their page, anything else as it is."""
    passages = fenced_passages(outcome)
    if not passages:
        return code(outcome)
    return joined(
        tag(
            "figure",
            tag("blockquote", said(passage.text, "p")),
            tag("figcaption", said(f"{passage.title}, p. {passage.page}")),
            class_="quote passage",
        )
        for passage in passages
    )
