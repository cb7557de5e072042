"""The steps of a run as a small piece of HTML that folds, for notebooks."""

from __future__ import annotations

from r1agent.report.notebook.step_tree import step_tree
from r1agent.report.page.markup import tag, text
from r1agent.report.trace_html import steps_of
from r1agent.types import Trajectory
from r1agent.words import counted


def trajectory_to_html(trajectory: Trajectory) -> str:
    """Write each step with its calls and its verdict folded into it.

    A self-contained fragment: no script, no style sheet, no network. All text is escaped.
    """
    heading = tag("b", text(trajectory_heading(trajectory)))
    steps = step_tree(steps_of(trajectory))
    return tag("div", heading, steps, class_="r1agent-trajectory")


def trajectory_heading(trajectory: Trajectory) -> str:
    """Sum the steps of a run up in a line."""
    supported = sum(step.verdict.supported for step in trajectory.steps)
    calls = counted(len(trajectory.results), "tool call")
    return f"{counted(len(trajectory.steps), 'step')}, {supported} supported, {calls}"
