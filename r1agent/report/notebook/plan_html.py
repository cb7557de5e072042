"""A plan as a small piece of HTML that folds, for notebooks."""

from __future__ import annotations

from r1agent.report.notebook.step_tree import step_tree
from r1agent.report.page.markup import tag, text
from r1agent.report.watching.timeline import StepLine
from r1agent.types import Plan
from r1agent.words import counted


def plan_to_html(plan: Plan) -> str:
    """Write a plan as a tree: each step with its tool, and when it is done folded into it.

    A self-contained fragment: no script, no style sheet, no network. All text is escaped.
    """
    steps = [
        StepLine(number, step.goal, step.tool, step.done_when)
        for number, step in enumerate(plan.steps, 1)
    ]
    heading = tag("b", text(plan_heading(plan)))
    return tag("div", heading, step_tree(steps), class_="r1agent-plan")


def plan_heading(plan: Plan) -> str:
    """Say how many steps a plan has, and which revision of it this is."""
    revision = f", revision {plan.revision}" if plan.revision else ""
    return f"Plan of {counted(len(plan.steps), 'step')}{revision}"
