"""A run of its own for what one example has a model judge, with what it cost."""

from __future__ import annotations

from r1agent.assistant import ResearchAssistant
from r1agent.run import Run
from r1agent.types import Usage


def judge_run(assistant: ResearchAssistant, example: str) -> Run:
    """Return a run in which the model of an assistant may be asked, as the loop treats it.

    Args:
        assistant: Whose model, profile and limits hold.
        example: The id of the example that is judged.
    """
    return Run(
        f"eval-{example}",
        "",
        model=assistant.model,
        profile=assistant.profile,
        limits=assistant.limits,
    )


def cost_of(run: Run) -> Usage:
    """Return what a run cost, of all roles together."""
    return sum(run.usage.values(), Usage())
