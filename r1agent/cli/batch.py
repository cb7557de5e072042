"""`r1agent batch`: many questions into a JSONL file, and on again after a stop."""

from __future__ import annotations

import sys
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from r1agent.batch import BatchItem, BatchReport


@with_given
def batch(
    questions: Annotated[
        str, typer.Argument(metavar="INPUT", help="JSONL or one question a line; `-` is stdin.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Answers, as JSONL.")],
    workers: Annotated[int, typer.Option(min=1, max=256, help="Questions at once.")] = 1,
    resume: Annotated[
        bool, typer.Option(metavar="", help="Skip what FILE answers already, or begin it anew.")
    ] = True,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Answer many questions into a JSONL file, and go on after a stop.

    Failures and their reasons go to FILE with `.failed.jsonl`; the same command tries them again.
    """
    from r1agent.batch import ThreadPool, run_batch
    from r1agent.cli.ending import say
    from r1agent.cli.screen import show, show_json
    from r1agent.report.batch_view import BatchView
    from r1agent.report.export import exported

    where = given.where()
    items = _read(questions)
    left = _left(items, out) if resume else len(items)
    if not left:
        say(f"All {len(items)} questions are answered in {str(out)!r}; nothing to do.")
        return
    settings = given.settings()
    view = BatchView(given.view(), left)
    try:
        with view:
            from r1agent.load import load_assistant

            with load_assistant(settings, where=where, on_progress=view.loading) as assistant:
                view.begin()
                report = run_batch(
                    ThreadPool(assistant, workers=workers),
                    items,
                    out,
                    resume=resume,
                    on_result=view.result,
                    export=lambda text, answer: exported(text, answer, settings),
                )
    except KeyboardInterrupt:
        say(f"Stopped. {view.done} answers are in {str(out)!r}; the same command does the rest.")
        raise typer.Exit(130) from None
    if json:
        counts = {"done": report.done, "failed": report.failed, "skipped": report.skipped}
        usage = {role: asdict(used) for role, used in report.usage.items()}
        show_json(counts | {"outcomes": report.outcomes, "usage": usage})
    else:
        show(_summary(report, out))
    raise typer.Exit(0 if report.done or report.skipped or not report.failed else 1)


def _read(questions: str) -> list[BatchItem]:
    from r1agent.batch import BatchError
    from r1agent.batch.files import read_items

    try:
        if questions == "-":
            return read_items(sys.stdin)
        with Path(questions).open(encoding="utf-8") as lines:
            return read_items(lines)
    except OSError as error:
        raise BatchError(
            f"The questions in {questions!r} cannot be read: {error.strerror}. Name a text file."
        ) from None
    except UnicodeDecodeError:
        raise BatchError(f"{questions!r} is not UTF-8 text. Wanted one question a line.") from None


def _left(items: list[BatchItem], out: Path) -> int:
    """Count the questions to ask; looked at before a model is loaded for nothing."""
    from r1agent.batch.files import finished_ids

    finished = finished_ids(out, items)
    return sum(item.id not in finished for item in items)


def _summary(report: BatchReport, out: Path) -> str:
    from r1agent.batch.files import failures_path
    from r1agent.report.references import OUTCOMES, total_cost

    counts = [
        f"{count} {OUTCOMES[name]}"
        for name, count in report.outcomes.items()
        if name != "failed" and (count or name == "answered")
    ]
    failed = [f"{report.failed} failed (see {str(failures_path(out))!r})"] if report.failed else []
    skipped = [f"{report.skipped} done before"] if report.skipped else []
    ended = f"{', '.join([*counts, *failed, *skipped])} in {report.seconds:.0f} s: {str(out)!r}"
    cost = total_cost(report.usage.values())
    return f"{ended}\nTokens: {cost}" if cost else ended
