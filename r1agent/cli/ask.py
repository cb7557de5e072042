"""`r1agent ask`: one question, its run on stderr and its proved answer on stdout."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from dataclasses import KW_ONLY, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.given import Given, with_given
from r1agent.cli.report_out import ReportOut
from r1agent.cli.run_id import RunId

if TYPE_CHECKING:
    from r1agent.approval import OnPlan
    from r1agent.assistant import ResearchAssistant
    from r1agent.cli.stopped import SoFar
    from r1agent.past import Past
    from r1agent.report.watching.view import RunView
    from r1agent.settings import Settings
    from r1agent.types import Answer
    from r1agent_indexes import PaperFilter

EXIT_CODES = {"answered": 0, "failed": 1, "not_in_papers": 3, "refused": 4}


@with_given
def ask(
    question: Annotated[
        str | None,
        typer.Argument(help="The question; `-` reads it from stdin.", show_default=False),
    ] = None,
    tests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Unit tests that the code must pass."
        ),
    ] = None,
    approve: Annotated[
        bool, typer.Option("--approve", metavar="", help="Show the plan, to accept or edit it.")
    ] = False,
    resume: Annotated[
        str | None,
        typer.Option(metavar="RUN", help="Go on with a run that was stopped: its id, or `last`."),
    ] = None,
    explain: Annotated[
        bool,
        typer.Option(
            "--explain",
            metavar="",
            help="Say why sentences were left out, and what each role cost.",
        ),
    ] = False,
    out: options.OutFile = None,
    format: options.Format = None,
    style: options.Style = None,
    json: options.Json = False,
    *,
    given: Given,
) -> None:
    """Answer a question, every sentence with a quote or a computation."""
    report_out = ReportOut(out, format, style)
    request = _Request(_question(question, resume), _tests(tests), resume, approve)
    if report_out.wanted:
        report_out.check()
    if approve:
        from r1agent.cli.approval import require_terminal

        require_terminal()
    raise typer.Exit(_ask(request, given, _Shown(report_out, json=json, explain=explain)))


def exit_code(answer: Answer) -> int:
    """Return what `ask` exits with for an answer."""
    return EXIT_CODES[answer.outcome]


@dataclass(frozen=True, slots=True)
class _Request:
    """What is asked of the assistant."""

    question: str
    """Empty where `resume` names a run, which has its own."""
    tests: str | None
    resume: str | None
    approve: bool


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What the options, the settings and the run to go on with say."""

    settings: Settings
    where: PaperFilter | None
    past: Past | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Started:
    """What there is once the command has begun."""

    view: RunView
    opened: ExitStack
    """What was started, to be stopped after the answer is shown."""
    run: RunId
    so_far: SoFar


def _ask(request: _Request, given: Given, shown: _Shown) -> int:
    """Answer, show it, and only then stop what was started for it; return the exit code."""
    from r1agent.cli.leaving import leaving_at_the_second
    from r1agent.cli.stopped import SoFar
    from r1agent.errors import ModelServerError

    chosen = _chosen(request.resume, given)
    with ExitStack() as opened:
        opened.enter_context(leaving_at_the_second(plain=given.plain or given.quiet))
        started = _Started(
            view=given.view(), opened=opened, run=RunId(given.runs_dir), so_far=SoFar()
        )
        try:
            with started.view:
                started.view.loading("Starting", None)
                answer = _answered(request, chosen, given, started)
        except (KeyboardInterrupt, ModelServerError) as stop:
            shown.stopped(started, given, stop)
            if isinstance(stop, ModelServerError):
                raise
            return 130
        shown.answer(answer, chosen.settings, given)
        return exit_code(answer)


def _answered(request: _Request, chosen: _Chosen, given: Given, started: _Started) -> Answer:
    """Load an assistant and have it answer."""
    started.so_far.index = chosen.settings.index
    from rich.text import Text

    from r1agent.load import load_assistant
    from r1agent.report.printable import one_line

    view, past = started.view, chosen.past
    assistant = started.opened.enter_context(
        load_assistant(chosen.settings, where=chosen.where, on_progress=view.loading)
    )
    view.line(Text(f"Answering with {one_line(assistant.answered_by)}.", style="dim"))
    watch = started.run.noting(started.so_far.noting(view.event))
    on_plan = _dialog(view, assistant, given) if request.approve else None
    if past is not None:
        return assistant.resume(past.run, on_event=watch, on_plan=on_plan)
    return assistant.ask(request.question, tests=request.tests, on_event=watch, on_plan=on_plan)


def _dialog(view: RunView, assistant: ResearchAssistant, given: Given) -> OnPlan:
    from r1agent.cli.approval import PlanDialog
    from r1agent.cli.screen import notes

    return PlanDialog(view, assistant.executor.tools, notes(plain=given.plain))


@dataclass(frozen=True, slots=True)
class _Shown:
    """How the answer is shown."""

    report_out: ReportOut
    _: KW_ONLY
    json: bool
    explain: bool

    def answer(self, answer: Answer, settings: Settings, given: Given) -> None:
        """Write or print an answer."""
        if self.report_out.wanted:
            from r1agent.report.read_report import answer_report

            self.report_out.write(answer_report(answer), settings)
        if self.json:
            self._as_json(answer, settings)
        elif not self.report_out.wanted:
            self._on_screen(answer, settings, given)

    def stopped(self, started: _Started, given: Given, stop: BaseException) -> None:
        """Print what was proved by then, and how to go on."""
        from r1agent.cli.ending import say

        if not self.json:
            started.so_far.show(given.data())
        if started.run.id or isinstance(stop, KeyboardInterrupt):
            say(started.run.kept())

    def _as_json(self, answer: Answer, settings: Settings) -> None:
        from r1agent.cli.screen import show_json
        from r1agent.journal import answer_to_json
        from r1agent.report.export import exported

        text = exported(answer.text, answer, settings)
        show_json(answer_to_json(answer) | {"text": text})
        sys.stdout.flush()

    def _on_screen(self, answer: Answer, settings: Settings, given: Given) -> None:
        from r1agent.cli.links import links_for
        from r1agent.report.terminal import answer_to_terminal

        console = given.data()
        links = links_for(answer, settings.index, console)
        console.print(answer_to_terminal(answer, explain=self.explain, links=links), crop=False)


def _question(question: str | None, resume: str | None) -> str:
    if resume is not None:
        if question is not None:
            raise typer.BadParameter("`--resume` goes on with its own question; leave yours out.")
        return ""
    if question is None:
        raise typer.BadParameter("No question. Write one, or name a run with `--resume`.")
    text = sys.stdin.read() if question == "-" else question
    if not text.strip():
        raise typer.BadParameter("The question is empty; write one, or pass it on stdin with `-`.")
    return text.strip()


def _tests(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise typer.BadParameter(
            f"{str(path)!r} is not UTF-8 text; tests are Python code."
        ) from None


def _chosen(resume: str | None, given: Given) -> _Chosen:
    """Read the settings, and the run to go on with, before a model is loaded for nothing."""
    from r1agent.cli.session import require_named_index

    where = given.where()
    past = _past(resume, given) if resume else None
    settings = given.settings(past.settings if past else None)
    require_named_index(settings)
    return _Chosen(settings, where or (past.where if past else None), past)


def _past(run: str, given: Given) -> Past:
    from r1agent.journal import find_run
    from r1agent.past import Past

    return Past.read(find_run(given.settings().runs_dir, run))
