"""What the model thought, on the page: folded, each with its role, time and tokens."""

from __future__ import annotations

from r1agent.report.page.markup import Html, folded, joined, prose, text
from r1agent.report.watching.thoughts import Thought
from r1agent.report.watching.timeline import Timeline
from r1agent.words import counted


def thoughts_to_html(timeline: Timeline, during: str | int) -> Html:
    """Write the thoughts of a part of the run; empty where there were none.

    Args:
        timeline: The run.
        during: As in `Thought`: `plan`, `answer`, or the number of a step.
    """
    return joined(_thought(each) for each in timeline.thoughts if each.during == during)


def _thought(thought: Thought) -> Html:
    facts = [f"Thought of the {thought.role}" if thought.role else "Thought"]
    if thought.tokens:
        facts += [f"{thought.seconds:.1f} s", counted(thought.tokens, "token")]
    return folded(text(" · ".join(facts)), prose(thought.text), class_="thought")
