"""`r1agent summarize`: a summary of each paper, every sentence with its quote and page."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from collections.abc import Sequence

    from r1agent.batch.kept import KeptAnswers
    from r1agent.cli.named_papers import NamedPapers
    from r1agent.report.watching.summary_view import SummaryView
    from r1agent.reports import Report
    from r1agent.settings import Settings
    from r1agent_indexes import PaperFilter


@with_given
def summarize(
    papers: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="PAPERS",
            help="Files, patterns, ids or titles; without any, the whole index.",
            show_default=False,
        ),
    ] = None,
    out: options.OutFile = None,
    format: options.Format = None,
    style: options.Style = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="Questions at once.", show_default=False),
    ] = None,
    ray: options.Ray = None,
    redo: Annotated[
        bool, typer.Option("--redo", metavar="", help="Ask all anew instead of going on.")
    ] = False,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Summarize papers: question, method, data, findings and limits, each with quotes.

    Answers are kept beside FILE, so that the same command goes on after a stop. Files that are in
    no index are read first.
    """
    from r1agent.batch.kept import KeptAnswers
    from r1agent.cli.ending import say
    from r1agent.cli.exit_codes import code_of
    from r1agent.cli.named_papers import with_files_of_folders
    from r1agent.cli.report_out import ReportOut
    from r1agent.errors import ModelServerError
    from r1agent.report.exporting import report_to, write_report
    from r1agent.report.watching.summary_view import SummaryView

    target = ReportOut(out, "json" if json and out is None else format, style)
    target.check()
    settings = given.settings()
    names = with_files_of_folders(papers or [])
    job = _Job(names, settings, given.where(), workers, ray, redo=redo)
    kept = KeptAnswers(_work_file(out, settings, names), {"kind": "summaries"})
    try:
        with kept.locked():
            report = job.done(kept, SummaryView(given.view()))
            target.write(report, settings)
            if out is None and _is_whole(report):
                kept.path.unlink(missing_ok=True)
    except (KeyboardInterrupt, ModelServerError) as stop:
        say("Stopped. What was answered is kept; the same command asks the rest.")
        if isinstance(stop, ModelServerError):
            raise
        raise typer.Exit(130) from None
    if json and out is not None:
        write_report(report_to("json", report), None)
    say(_ended(report))
    raise typer.Exit(code_of({entry.answer.outcome for entry in report.entries} or {"failed"}))


def _work_file(out: Path | None, settings: Settings, names: Sequence[str]) -> Path:
    """Return where answers are kept: beside `out`, or in the cache under what was asked for."""
    from hashlib import sha256

    if out is not None:
        return out.with_name(f".{out.name}.work.jsonl")
    asked = "\0".join([str(Path.cwd()), str(settings.index), *names])
    folder = settings.cache_dir / "summaries"
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{sha256(asked.encode(errors='surrogateescape')).hexdigest()[:16]}.jsonl"


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for."""

    names: Sequence[str]
    settings: Settings
    where: PaperFilter | None
    workers: int | None
    ray: str | None
    redo: bool

    def done(self, kept: KeptAnswers, view: SummaryView) -> Report:
        """Find the papers, ask what is not answered yet, and return the report.

        No model is loaded where nothing is left.
        """
        from r1agent.cli.named_papers import named_papers
        from r1agent.summaries import report_of, waiting

        with view, named_papers(self.names, self.settings, self.where, view) as named:
            left = waiting(named.papers, kept, redo=self.redo)
            if left:
                return self._asked(named, [item.id for item in left], kept, view)
            view.note("All was answered before; `--redo` asks it anew.")
            return report_of(named.papers, kept.answers, notes=named.notes)

    def _asked(
        self, named: NamedPapers, left: Sequence[str], kept: KeptAnswers, view: SummaryView
    ) -> Report:
        from r1agent.batch import BatchError
        from r1agent.batch.opening import pool_for, require_usable
        from r1agent.load import load_assistant
        from r1agent.summaries import summarize

        settings = named.settings
        require_usable(settings, self.ray)
        if self.ray is not None and settings.index != self.settings.index:
            raise BatchError(
                "These files are in an index of this machine only, for the while. Add them to an "
                "index that all nodes have, with `r1agent index add`, or leave out `--ray`."
            )
        if self.redo:
            settings = settings.model_copy(update={"cache_requests": False})  # it says the same
        with (
            load_assistant(settings, where=self.where, on_progress=view.loading) as assistant,
            pool_for(
                assistant,
                workers=self.workers,
                settings=settings,
                where=self.where,
                ray=self.ray,
                on_notice=view.note,
            ) as pool,
        ):
            view.begin(named.papers, left)
            return summarize(
                pool,
                named.papers,
                kept,
                on_result=view.result,
                notes=named.notes,
                redo=self.redo,
            )


def _is_whole(report: Report) -> bool:
    failed = any(entry.answer.outcome == "failed" for entry in report.entries)
    return not failed and not any(section.notes for section in report.sections)


def _ended(report: Report) -> str:
    """Say how many aspects ended in which way."""
    from collections import Counter

    from r1agent.report.references import OUTCOMES
    from r1agent.words import counted

    found: Counter[str] = Counter(entry.answer.outcome for entry in report.entries)
    found["failed"] += sum(len(section.notes) for section in report.sections)
    told = [f"{found[name]} {said}" for name, said in OUTCOMES.items() if found[name]]
    again = "; the same command asks those that failed again" if found["failed"] else ""
    return f"{counted(len(report.sections), 'paper')}: {', '.join(told)}{again}."
