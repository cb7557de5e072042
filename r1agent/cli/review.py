"""`r1agent review`: a literature review of the papers of an index, and on again after a stop."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given

if TYPE_CHECKING:
    from r1agent.assistant import ResearchAssistant
    from r1agent.checks.judging import Judge
    from r1agent.reports import Report
    from r1agent.review import ReviewWork, Wanted
    from r1agent.review.view import ReviewView
    from r1agent.settings import Settings
    from r1agent_indexes import PaperIndex


@with_given
def review(
    topic: Annotated[str, typer.Argument(help="What the review is about: words, or a question.")],
    out: Annotated[
        Path,
        typer.Option(
            "--out", "-o", metavar="FILE", help="A .md, .html, .docx, .json or .bib file."
        ),
    ],
    question: Annotated[
        list[str] | None,
        typer.Option(metavar="TEXT", help="Your own sub-question; again for others, in order."),
    ] = None,
    outline: Annotated[
        bool, typer.Option("--outline", metavar="", help="Make and show the outline, and stop.")
    ] = False,
    redo: Annotated[
        list[int] | None,
        typer.Option(metavar="N", help="Group and ask section N anew; again for others."),
    ] = None,
    sections: Annotated[
        int, typer.Option(metavar="N", min=1, max=12, help="Sub-questions, at most.")
    ] = 5,
    papers: Annotated[
        int, typer.Option(metavar="N", min=0, max=200, help="Papers a section asks one by one.")
    ] = 6,
    format: options.Format = None,
    style: options.Style = None,
    workers: Annotated[
        int | None,
        typer.Option(min=1, max=256, metavar="N", help="Questions at once.", show_default=False),
    ] = None,
    resume: Annotated[
        bool, typer.Option(metavar="", help="Go on with what was done, or begin it anew.")
    ] = True,
    ray: options.Ray = None,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Review what the papers say about a topic, section by section, with a quote for each sentence.

    Outline and answers are kept beside FILE, so that the same command goes on after a stop.
    """
    from r1agent.batch.opening import require_usable
    from r1agent.cli.ending import say
    from r1agent.cli.exit_codes import code_of
    from r1agent.cli.report_out import ReportOut
    from r1agent.errors import ModelServerError
    from r1agent.review import Wanted, work_path
    from r1agent.review.view import ReviewView

    target = ReportOut(out, format, style)
    target.check()
    numbers = frozenset(redo or ())
    asked = tuple(question or ())
    wanted = Wanted(topic, asked, given.where(), sections, papers, numbers, resume)
    job = _Job(wanted, work_path(out), workers, ray, only_outline=outline)
    job.check()
    settings = given.settings()
    require_usable(settings, ray)
    if redo:
        settings = settings.model_copy(update={"cache_requests": False})  # it would say the same
    view = ReviewView(given.view())
    try:
        with view:
            made = _made(job, settings, view)
    except KeyboardInterrupt:
        say("Stopped. What was answered is kept; the same command asks the rest.")
        raise typer.Exit(130) from None
    except ModelServerError:
        say("What was answered is kept; the same command asks the rest.")
        raise
    if made.report is None:
        _show_outline(made.work, json=json)
        return
    target.write(made.report, settings)
    _tell(made.work, made.report, json=json)
    raise typer.Exit(code_of([name for name, count in made.work.outcomes.items() if count]))


@dataclass(frozen=True, slots=True)
class _Job:
    """What was asked for."""

    wanted: Wanted
    work: Path
    workers: int | None
    ray: str | None
    only_outline: bool

    def check(self) -> None:
        """Raise where the work cannot go on, before a model is loaded for nothing."""
        from r1agent.review import kept_outline

        before = kept_outline(self.work, self.wanted) if self.wanted.resume else None
        if before is not None:
            before.numbered(self.wanted.redo)


@dataclass(frozen=True, slots=True)
class _Made:
    work: ReviewWork
    report: Report | None
    """None where only the outline was wanted."""


def _made(job: _Job, settings: Settings, view: ReviewView) -> _Made:
    from r1agent.cli.session import open_index
    from r1agent.contradictions import judge_of_gate
    from r1agent.load import load_assistant
    from r1agent.review import finished_review, open_review, written

    where = job.wanted.where
    with open_index(settings) as index:
        done = finished_review(index, job.wanted, job.work)
        if done is not None:
            report = None if job.only_outline else written(done, _judge(index, settings))
            return _Made(done, report)
        with (
            load_assistant(
                settings, index=index, where=where, on_progress=view.loading
            ) as assistant,
            open_review(assistant, index, job.wanted, job.work) as opened,
        ):
            view.begin(opened)
            if job.only_outline:
                return _Made(opened, None)
            _ask(opened, assistant, job, settings, view)
            return _Made(opened, written(opened, judge_of_gate(assistant.gate)))


def _ask(
    opened: ReviewWork,
    assistant: ResearchAssistant,
    job: _Job,
    settings: Settings,
    view: ReviewView,
) -> None:
    from r1agent.batch.opening import pool_for

    with pool_for(
        assistant,
        job.workers,
        settings=settings,
        where=job.wanted.where,
        ray=job.ray,
        on_notice=view.notice,
    ) as pool:
        opened.ask(pool, on_result=view.result)


def _judge(index: PaperIndex, settings: Settings) -> Judge | None:
    """Return the judge that an assistant of these settings has, without its model."""
    from r1agent.checks.entailment import EntailmentCheck
    from r1agent.load import load_judge

    return EntailmentCheck(index.embeddings, judge=load_judge(settings)).judge


def _show_outline(work: ReviewWork, *, json: bool) -> None:
    from r1agent.cli.screen import show, show_json
    from r1agent.review.notes import outline_lines

    if json:
        show_json(work.outline.to_json())
        return
    show("\n".join(outline_lines(work)))


def _tell(work: ReviewWork, report: Report, *, json: bool) -> None:
    from r1agent.cli.ending import say
    from r1agent.report.exporting import report_to, write_report
    from r1agent.report.references import OUTCOMES, total_cost
    from r1agent.review.notes import news
    from r1agent.words import counted

    if json:
        write_report(report_to("json", report), None)
    for one in news(work):
        say(one)
    counts = [f"{count} {OUTCOMES[name]}" for name, count in work.outcomes.items() if count]
    cost = total_cost(work.usage.values())
    sections = counted(len(work.outline.sections), "section")
    say(f"{sections}: {', '.join(counts)}.{f' Tokens: {cost}.' if cost else ''}")
