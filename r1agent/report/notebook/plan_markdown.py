"""A plan as Markdown."""

from __future__ import annotations

from r1agent.report.markdown_text import markdown_text
from r1agent.report.notebook.plan_html import plan_heading
from r1agent.types import Plan, PlanStep


def plan_to_markdown(plan: Plan) -> str:
    """Write a plan as a numbered list; text of a model or a user adds no markup of its own."""
    steps = (_step(number, step) for number, step in enumerate(plan.steps, 1))
    return "\n".join([f"**{plan_heading(plan)}**", "", *steps]) + "\n"


def _step(number: int, step: PlanStep) -> str:
    line = f"{number}. {markdown_text(step.goal)} *{markdown_text(step.tool)}*"
    if not step.done_when:
        return line
    indent = " " * len(f"{number}. ")
    return f"{line}\n{indent}- Done when: {markdown_text(step.done_when)}"
