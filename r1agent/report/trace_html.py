"""The steps of a run as HTML: what each was for, its calls with their time, and its verdict."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from r1agent.report.printable import one_line
from r1agent.report.watching.timeline import CallLine, StepLine, Timeline
from r1agent.types import Event, Step, Trajectory

_SHOWN = 2000
"""Characters of a call's outcome."""


def steps_to_html(steps: Sequence[StepLine]) -> str:
    """Write steps as a list; the bar under a call is its part of the time of all calls."""
    whole = sum(call.seconds for step in steps for call in step.calls)
    return f"<ol>{''.join(_step(step, whole) for step in steps)}</ol>"


def steps_of(trajectory: Trajectory) -> list[StepLine]:
    """Return the steps that a trajectory holds, as the journal would have told them.

    Only the time of the tool calls is known of them.
    """
    timeline = Timeline()
    seconds = 0.0
    planned = [
        {"goal": each.goal, "tool": each.tool, "done_when": each.done_when}
        for each in (step.plan_step for step in trajectory.steps)
    ]
    timeline.apply(Event("planned", seconds, {"steps": planned}))
    for number, step in enumerate(trajectory.steps, 1):
        for event in _events(number, step, seconds):
            timeline.apply(event)
        seconds = timeline.now
    return timeline.steps


def _events(number: int, step: Step, seconds: float) -> list[Event]:
    events = [Event("step_started", seconds, {"step": number})]
    for result in step.results:
        called = {"step": number, "tool": result.call.tool, "arguments": result.call.arguments}
        events.append(Event("tool_called", seconds, called))
        seconds += result.seconds
        returned = called | {"ok": result.ok, "text": result.text, "seconds": result.seconds}
        events.append(Event("tool_returned", seconds, returned))
    verdict = step.verdict
    judged = {"support": verdict.support, "rests_on": verdict.rests_on, "reasons": verdict.reasons}
    return [*events, Event("step_verified", seconds, {"step": number, **judged})]


def _step(step: StepLine, whole: float) -> str:
    seconds = f" · {step.ended - step.started:.0f} s" if step.ended else ""
    verdict = "; ".join(filter(None, [step.state, step.rests_on, *step.reasons]))
    calls = "".join(_call(call, whole) for call in step.calls)
    done = f" · done when {_text(step.done_when)}" if step.done_when else ""
    return (
        f"<li>{_text(step.goal)} <small>{_text(step.tool)}{seconds}{done}</small>"
        f"<ul>{calls}</ul><small>{_text(verdict)}</small></li>"
    )


def _call(call: CallLine, whole: float) -> str:
    outcome = "" if call.ok is None else f" → {_text(call.outcome[:_SHOWN])}"
    part = 100 * call.seconds / whole if whole else 0
    bar = "height:3px;background:#4a7ebb;max-width:100%;min-width:1px"
    return (
        f"<li><code>{_text(call.tool)} {_text(call.arguments)}</code>{outcome} "
        f"<small>{call.seconds:.1f} s</small>"
        f'<div style="{bar};width:{part:.1f}%"></div></li>'
    )


def _text(text: str) -> str:
    return escape(one_line(text))
