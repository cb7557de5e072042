"""The steps of a run as Markdown that folds."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.report.fenced_passages import fenced_passages
from r1agent.report.markdown_text import fenced, markdown_text
from r1agent.report.notebook.markdown_fold import markdown_folded
from r1agent.report.notebook.step_tree import MARKS, call_heading, verdict_line
from r1agent.report.notebook.trajectory_html import trajectory_heading
from r1agent.report.trace_html import steps_of
from r1agent.report.watching.timeline import CallLine, StepLine
from r1agent.types import Trajectory


def trajectory_to_markdown(trajectory: Trajectory) -> str:
    """Write each step with its calls and its verdict; text adds no markup of its own."""
    steps = (_step(step) for step in steps_of(trajectory))
    return "\n\n".join([f"**{trajectory_heading(trajectory)}**", *steps]) + "\n"


def _step(step: StepLine) -> str:
    sign, _ = MARKS.get(step.state, ("?", ""))
    return markdown_folded(f"{sign} {step.number}. {step.goal} ({step.tool})", _inside(step))


def _inside(step: StepLine) -> Iterator[str]:
    if step.done_when:
        yield f"Done when: {markdown_text(step.done_when)}"
    for call in step.calls:
        yield markdown_folded(call_heading(call), _call(call))
    if verdict := verdict_line(step):
        yield f"Verdict: {markdown_text(verdict)}"
    yield "\n".join(f"- {markdown_text(reason)}" for reason in step.reasons)


def _call(call: CallLine) -> Iterator[str]:
    for name, value in call.given.items():
        written = str(value)
        yield (
            f"{markdown_text(name)}:\n\n{fenced(written)}"
            if "\n" in written
            else f"{markdown_text(name)}: {markdown_text(written)}"
        )
    passages = fenced_passages(call.text)
    for each in passages:
        yield f"> {markdown_text(each.text)}\n>\n> {markdown_text(f'{each.title}, p. {each.page}')}"
    if call.text.strip() and not passages:
        yield fenced(call.text)
