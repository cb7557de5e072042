"""`/plan`: the steps of a run, what was done for each, and the verdicts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.report.watching.timeline import WAITING, StepLine, Timeline
from r1agent.report.watching.trace import call_line, question_line, step_line, verdict_lines
from r1agent.types import Event


def plan_lines(events: Sequence[Event]) -> Iterator[RenderableType]:
    """Yield the question and every step with its calls and its verdict."""
    timeline = Timeline()
    for event in events:
        timeline.apply(event)
    yield question_line(timeline)
    if not timeline.steps:
        yield Text("No plan was made.", style="yellow")
    for step in timeline.steps:
        yield from _step(step)
    if timeline.revision:
        yield Text(f"The plan was changed (revision {timeline.revision}).", style="yellow")


def _step(step: StepLine) -> Iterator[RenderableType]:
    yield step_line(step)
    if step.done_when:
        yield Hanging("    ", Text(f"done when: {one_line(step.done_when)}", style="dim"))
    yield from (call_line(call) for call in step.calls)
    yield from verdict_lines(step)
    if step.state == WAITING and step.number:  # calls beside the plan have no verdict
        yield Hanging("    ", Text("not begun", style="dim"))
