"""Ask the chat model of a run for a judgement, within the run's budget."""

from __future__ import annotations

from r1agent.checks.judging import Ask, Schema
from r1agent.errors import ModelOutputError
from r1agent.run import BudgetSpentError, Run

ROLE = "judge"


def judge_of(run: Run) -> Ask:
    """Return what a check may ask the run's model with; its cost counts under `judge`.

    Where the budget is spent, or the model does not fill the schema, the check gets no judgement
    and goes on without one.
    """

    def ask(prompt: str, schema: type[Schema], *, max_tokens: int) -> Schema | None:
        try:
            return run.fill(ROLE, prompt, schema, max_tokens=max_tokens)
        except BudgetSpentError as limit:
            run.end_early(limit)
        except ModelOutputError:
            run.notice("The model gave no verdict on a sentence, so floors of words judged it.")
        return None

    return ask
