"""What every task of `r1agent eval` does: ask, show how far it is, and write what came of it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from r1agent.cli.eval_given import EvalGiven
    from r1agent.evaluate.evaluation import Evaluation, Row
    from r1agent.evaluate.opening import SettingsOpening
    from r1agent.evaluate.task import Task
    from r1agent.settings import Settings


def run_evaluation(
    task: Task,
    given: EvalGiven,
    settings: Settings,
    *,
    conclude: Callable[[Evaluation], Evaluation] = lambda evaluation: evaluation,
) -> None:
    """Put a task to the models that are named; print the table, and write the report.

    Args:
        task: What is measured.
        given: The options.
        settings: Name the cache, and the index where one is searched.
        conclude: Adds what a task says of all its figures together.
    """
    from r1agent.cli.ending import say

    format = _format_of(given.out)
    openings = _openings(task, given, settings)
    kept = _kept_folder(given.out, task, openings, settings)
    evaluation = conclude(_evaluated(task, openings, given, kept))
    if given.out is not None:
        _write(evaluation, format, given.out)
        say(f"Written: {str(given.out)!r}.")
    elif not any(row.outcome == "failed" for row in _rows(evaluation)):
        shutil.rmtree(kept)
    _print(evaluation, given)
    failed = all(row.outcome == "failed" for row in _rows(evaluation))
    raise typer.Exit(1 if failed else 0)


def _openings(task: Task, given: EvalGiven, settings: Settings) -> list[SettingsOpening]:
    """Return the models that are named, or the one of the settings where one is needed."""
    from r1agent.evaluate.opening import SettingsOpening

    if not given.names_models and not task.needs_model:
        return []
    return [SettingsOpening(one) for one in given.each(settings.index)]


def _evaluated(
    task: Task, openings: Sequence[SettingsOpening], given: EvalGiven, kept: Path
) -> Evaluation:
    from r1agent.cli.ending import say
    from r1agent.errors import ModelServerError
    from r1agent.evaluate.running import evaluate
    from r1agent.report.evaluation.table import compute
    from r1agent.report.evaluation.view import EvaluationView

    how = given.how()
    view = EvaluationView(given.view(), task.metrics[0])
    try:
        with view:
            evaluation = evaluate(task, openings, how, kept=kept, watch=view)
            view.loading("computing intervals", None)
            compute(evaluation)
    except (KeyboardInterrupt, ModelServerError) as stop:
        say("Stopped. What was answered is kept; the same command does the rest.")
        if isinstance(stop, ModelServerError):
            raise
        raise typer.Exit(130) from None
    if not view.new:
        say("All was answered before; `--redo` asks it anew.")
    return evaluation


def _format_of(out: Path | None) -> str:
    """Return the format that the report's name asks for, before anything is asked for nothing."""
    from r1agent.report.evaluation.report import FORMATS
    from r1agent.report.exporting import format_by_suffix, require_place

    require_place(out)
    return "markdown" if out is None else format_by_suffix(out, FORMATS)


def _kept_folder(
    out: Path | None, task: Task, openings: Sequence[SettingsOpening], settings: Settings
) -> Path:
    """Return where outputs are kept: beside `out`, or in the cache under what was asked for."""
    from r1agent.evaluate.digests import outputs_beside, task_key

    if out is not None:
        return outputs_beside(out)
    folder = settings.cache_dir / "evaluations"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / task_key(task, [opening.name for opening in openings])


def _write(evaluation: Evaluation, format: str, out: Path) -> None:
    from r1agent.report.evaluation.report import evaluation_to
    from r1agent.report.exporting import write_report

    write_report(evaluation_to(format, evaluation), out)


def _print(evaluation: Evaluation, given: EvalGiven) -> None:
    from r1agent.cli.screen import data
    from r1agent.report.evaluation.report import evaluation_to
    from r1agent.report.evaluation.terminal import evaluation_to_terminal
    from r1agent.report.exporting import write_report

    if given.json:
        write_report(evaluation_to("json", evaluation), None)
        return
    data(plain=given.plain).print(evaluation_to_terminal(evaluation))


def _rows(evaluation: Evaluation) -> list[Row]:
    return [row for scored in evaluation.scored for row in scored.rows]
