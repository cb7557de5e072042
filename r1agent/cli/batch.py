"""`r1agent batch`: many questions into a JSONL file, and on again after a stop."""

from __future__ import annotations

import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from r1agent.batch import BatchItem, BatchReport, Budget, Pool
    from r1agent.batch.files import Before, Todo
    from r1agent.report.watching.batch_view import BatchView
    from r1agent.settings import Settings
    from r1agent_indexes import PaperFilter

_MOST_WORKERS = 256


@with_given
def batch(
    questions: Annotated[
        str,
        typer.Argument(
            metavar="INPUT",
            help="JSONL, CSV with a column `question`, or one question a line; `-` is stdin.",
        ),
    ],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Answers, as JSONL.")],
    workers: Annotated[
        str,
        typer.Option(metavar="N", help="Questions at once; `auto`: as many as the server bears."),
    ] = "auto",
    resume: Annotated[
        bool, typer.Option(metavar="", help="Skip what FILE answers already, or begin it anew.")
    ] = True,
    retry_failed: Annotated[
        bool,
        typer.Option("--retry-failed", metavar="", help="Ask those again that failed before."),
    ] = False,
    max_job_tokens: Annotated[
        int | None,
        typer.Option(min=1, metavar="N", help="Begin no question once the job used so many."),
    ] = None,
    max_job_time: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="The same for its time: `90` (seconds), `45m`, `2h`."),
    ] = None,
    ray: options.Ray = None,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Answer many questions into a JSONL file, and go on after a stop.

    Failures and their reasons go to FILE with `.failed.jsonl`; `--retry-failed` asks them again.
    A budget counts what earlier calls of the same job used; the same command with more goes on.
    """
    from r1agent.cli.session import require_named_index

    where, settings = given.where(), given.settings()
    require_named_index(settings)
    from r1agent.batch.reading import read_questions
    from r1agent.cli.exit_codes import code_of
    from r1agent.cli.screen import show, show_json
    from r1agent.report.watching.batch_view import batch_summary

    items = read_questions(questions, sys.stdin)
    job = _Job(
        items,
        out,
        _before(items, out, resume=resume),
        _workers(workers),
        _budget(max_job_tokens, max_job_time),
        ray,
        resume=resume,
        retry_failed=retry_failed,
    )
    done = job.done_already()
    report = done or _answer(job, given, settings, where)
    if json:
        show_json(_as_json(report, out))
    elif done is None:
        show(batch_summary(report, out))
    came = {name for name, count in report.outcomes.items() if count}
    raise typer.Exit(0 if report.skipped else code_of(came))


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for."""

    items: list[BatchItem]
    out: Path
    before: Before
    workers: int | None
    budget: Budget
    ray: str | None
    resume: bool
    retry_failed: bool

    @property
    def todo(self) -> Todo:
        """Which questions are to be asked."""
        return self.before.todo(self.items, retry_failed=self.retry_failed)

    def done_already(self) -> BatchReport | None:
        """Return a report where nothing is to be done, so that no model is loaded for nothing."""
        from r1agent.batch.budget import Spending
        from r1agent.batch.job import nothing_done
        from r1agent.cli.ending import say
        from r1agent.report.watching.batch_view import failed_before_line, stopped_line

        todo = self.todo
        if todo.failed:
            say(failed_before_line(todo.failed, self.out))
        report = nothing_done(todo, Spending(self.budget, self.before.spent))
        if not todo.items and not todo.failed:
            say(f"All {todo.answered} questions are answered in {str(self.out)!r}; nothing to do.")
        if report.ended_by:
            say(stopped_line(report))
        return report if report.ended_by or not todo.items else None


def _before(items: list[BatchItem], out: Path, *, resume: bool) -> Before:
    """Read what earlier calls did; looked at before a model is loaded for nothing."""
    from r1agent.batch.files import Before, read_before, require_folder

    require_folder(out)
    return read_before(out, items) if resume else Before()


def _answer(job: _Job, given: Given, settings: Settings, where: PaperFilter | None) -> BatchReport:
    """Load what answers, and have it answer."""
    from r1agent.batch.opening import pool_for, require_usable
    from r1agent.cli.ending import say
    from r1agent.errors import ModelServerError
    from r1agent.report.watching.batch_view import BatchView

    require_usable(settings, job.ray)
    view = BatchView(given.view(), len(job.todo.items))
    try:
        with view:
            from r1agent.load import load_assistant

            with (
                load_assistant(settings, where=where, on_progress=view.loading) as assistant,
                pool_for(
                    assistant,
                    job.workers,
                    settings=settings,
                    where=where,
                    ray=job.ray,
                    on_notice=view.notice,
                ) as pool,
            ):
                return _run(job, pool, view, settings)
    except (KeyboardInterrupt, ModelServerError) as stop:
        if view.done or isinstance(stop, KeyboardInterrupt):
            more = f"{view.answered} more in {str(job.out)!r}"
            say(f"Stopped. {more}; the same command does the rest.")
        if isinstance(stop, ModelServerError):
            raise
        raise typer.Exit(130) from None


def _run(job: _Job, pool: Pool, view: BatchView, settings: Settings) -> BatchReport:
    from r1agent.batch import run_batch
    from r1agent.report.export import exported

    view.begin()
    return run_batch(
        pool,
        job.items,
        job.out,
        resume=job.resume,
        retry_failed=job.retry_failed,
        budget=job.budget,
        on_begin=view.begun,
        on_result=view.result,
        export=lambda text, answer: exported(text, answer, settings),
    )


def _workers(text: str) -> int | None:
    if text == "auto":
        return None
    if text.isascii() and text.isdigit() and 1 <= int(text) <= _MOST_WORKERS:
        return int(text)
    raise typer.BadParameter(
        f"`--workers` is {text!r}; wanted `auto` or a number from 1 to {_MOST_WORKERS}."
    )


def _budget(tokens: int | None, time: str | None) -> Budget:
    from r1agent.batch import Budget
    from r1agent.batch.durations import read_duration

    seconds = None if time is None else read_duration(time)
    if time is not None and not seconds:
        raise typer.BadParameter(
            f"`--max-job-time` is {time!r}; wanted a time such as `90`, `45m`, `2h` or `1h30m`."
        )
    return Budget(tokens, seconds)


def _as_json(report: BatchReport, out: Path) -> dict[str, Any]:
    from r1agent.batch.files import failures_path

    failures = failures_path(out)
    return asdict(report) | {
        "out": str(out),
        "failures": str(failures) if failures.exists() else None,
    }
