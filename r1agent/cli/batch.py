"""`r1agent batch`: many questions into a JSONL file, and on again after a stop."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from r1agent.batch import BatchReport
    from r1agent.batch_files import BatchItem


def batch(
    questions: Annotated[
        str, typer.Argument(metavar="INPUT", help="JSONL or one question a line; `-` is stdin.")
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Answers, as JSONL.")],
    index: options.Index = None,
    year: options.Year = None,
    author: options.Author = None,
    file: options.File = None,
    tag: options.Tag = None,
    base_url: options.BaseUrl = None,
    model: options.Model = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Questions at once.")] = 1,
    resume: Annotated[
        bool, typer.Option(metavar="", help="Skip what FILE answers already, or begin it anew.")
    ] = True,
    unsafe_python: options.UnsafePython = None,
    max_calls: options.MaxCalls = None,
    deadline: options.Deadline = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Answer many questions into a JSONL file, and go on after a stop.

    Failures and their reasons go to FILE with `.failed.jsonl`; the same command tries them again.
    """
    from r1agent.batch import run_batch
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.cli.within import filter_from
    from r1agent.report.batch_view import BatchView
    from r1agent.report.view import open_view

    where = filter_from(year=year, author=author, file=file, tag=tag)
    items = _read(questions)
    left = _left(items, out) if resume else len(items)
    if not left:
        say(f"All {len(items)} questions are answered in {str(out)!r}; nothing to do.")
        return
    settings = settings_from(
        config,
        index=index,
        base_url=base_url,
        model=model,
        unsafe_python=unsafe_python,
        max_calls=max_calls,
        deadline_seconds=deadline,
        runs_dir=runs_dir,
    )
    view = BatchView(open_view(notes(plain=plain), quiet=quiet, plain=plain), left)
    try:
        with view:
            from r1agent.load import load_assistant

            with load_assistant(settings, where=where, on_progress=view.loading) as assistant:
                view.begin()
                report = run_batch(
                    assistant, items, out, workers=workers, resume=resume, on_result=view.result
                )
    except KeyboardInterrupt:
        say(f"Stopped. {view.done} answers are in {str(out)!r}; the same command does the rest.")
        raise typer.Exit(130) from None
    if json:
        show_json({"done": report.done, "failed": report.failed, "skipped": report.skipped})
    else:
        show(_summary(report, out))
    raise typer.Exit(0 if report.done or report.skipped or not report.failed else 1)


def _read(questions: str) -> list[BatchItem]:
    from r1agent.batch_files import BatchError, read_items

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
    from r1agent.batch_files import finished_ids

    finished = finished_ids(out, items)
    return sum(item.id not in finished for item in items)


def _summary(report: BatchReport, out: Path) -> str:
    from r1agent.batch_files import failures_path

    failed = f", {report.failed} failed (see {str(failures_path(out))!r})" if report.failed else ""
    skipped = f", {report.skipped} done before" if report.skipped else ""
    return f"{report.done} answered{failed}{skipped} in {report.seconds:.0f} s: {str(out)!r}"
