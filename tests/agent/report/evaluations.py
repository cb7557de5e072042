"""Evaluations for the tests of their reports, and the same ones in hostile words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from r1agent.evaluate.evaluation import Evaluation, Row, Scored
from r1agent.evaluate.metrics import Auc, Share
from r1agent.types import Outcome, Usage

SETTING = {"machine": "2 cores", "versions": "Python 3.11", "date": "2026-11-22", "seed": "0"}


def evaluation_of(
    *answers: Sequence[int],
    text: str = "accuracy",
    models: Sequence[str] = ("m", "m", "m"),
    task: str = "papers",
    kinds: Sequence[str] = ("look-up", "sum"),
    failed: int = 0,
) -> Evaluation:
    """Return an evaluation of a system for each list of right (1) and wrong (0) answers.

    Args:
        answers: For each system.
        text: All that comes from data, models and files.
        models: The model of each system.
        task: Name of the task.
        kinds: Dealt out to the examples in turn.
        failed: So many rows of each system failed.
    """
    metrics = (
        Share(text, f"{text} that are right", "right"),
        Auc(f"auc of {text}", text, "score", "right"),
        Share(f"wrong of {text}", text, "wrong", "asked", higher_is_better=False),
    )
    scored = [
        Scored(
            f"{('plain', 'loop', 'loop without gate')[place]} {text}",
            model,
            [_row(number, right, kinds, failed) for number, right in enumerate(rights)],
        )
        for place, (rights, model) in enumerate(zip(answers, models, strict=False))
    ]
    return Evaluation(
        task, text, text, metrics, scored, SETTING | {"text": text}, (text,), {text: 7.0}
    )


def telling_of(text: str) -> Evaluation:
    """Return a small evaluation in which all that comes from data, models and files is `text`."""
    evaluation = evaluation_of(
        [1, 0], [0, 1], text=text, models=[text, f"{text}2"], kinds=[text, "sum"]
    )
    return replace(evaluation, task="none", metrics=evaluation.metrics[:1])


def _row(number: int, right: int, kinds: Sequence[str], failed: int) -> Row:
    outcome: Outcome = "failed" if number < failed else "answered"
    measures = {
        "right": 1.0 * right,
        "score": right + number / 8,
        "wrong": 1.0 - right,
        "asked": 1.0,
    }
    kind = kinds[number % len(kinds)]
    usage = Usage(calls=1, prompt_tokens=900, completion_tokens=100)
    return Row(f"q{number}", kind, outcome, measures, usage, 2.5)


TWO = evaluation_of([1, 0, 0, 0, 0, 0, 0, 0], [1, 1, 1, 1, 1, 1, 1, 0], text="accuracy")
"""One right of eight, and seven right of eight."""
