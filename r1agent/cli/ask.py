"""`r1agent ask`: one question, its run on stderr and its proved answer on stdout."""

from __future__ import annotations

import sys
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
    from r1agent.past import Past
    from r1agent.report.watching.view import RunView
    from r1agent.settings import Settings
    from r1agent.types import Answer

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
    """Answer a question, every sentence with a quote or a computation.

    Exits with 0 when answered, 3 when the papers do not say, 4 when refused, 1 when it failed.
    """
    from rich.text import Text

    from r1agent.cli.approval import require_terminal
    from r1agent.cli.ending import say
    from r1agent.cli.stopped import SoFar
    from r1agent.errors import ModelServerError
    from r1agent.report.printable import one_line

    asked = _question(question, resume)
    test_code = _tests(tests)
    report_out = ReportOut(out, format, style)
    report_out.check()
    if approve:
        require_terminal()
    where = given.where()
    view = given.view()
    run, so_far = RunId(given.runs_dir), SoFar()
    try:
        with view:
            view.loading("Starting", None)
            past = _past(resume, given) if resume else None
            settings = given.settings(past.settings if past else None)
            from r1agent.load import load_assistant

            where = where or (past.where if past else None)
            with load_assistant(settings, where=where, on_progress=view.loading) as assistant:
                view.line(Text(f"Answering with {one_line(assistant.answered_by)}.", style="dim"))
                watch = run.noting(so_far.noting(view.event))
                on_plan = _dialog(view, assistant, given) if approve else None
                if past is not None:
                    answer = assistant.resume(past.run, on_event=watch, on_plan=on_plan)
                else:
                    answer = assistant.ask(asked, tests=test_code, on_event=watch, on_plan=on_plan)
    except (KeyboardInterrupt, ModelServerError) as stop:
        if not json:
            so_far.show(given.data())
        if run.id or isinstance(stop, KeyboardInterrupt):
            say(run.kept())
        if isinstance(stop, ModelServerError):
            raise
        raise typer.Exit(130) from None
    if report_out.wanted:
        from r1agent.report.read_report import answer_report

        report_out.write(answer_report(answer), settings)
    if json or not report_out.wanted:
        _show(answer, settings, given, json=json, explain=explain)
    raise typer.Exit(exit_code(answer))


def exit_code(answer: Answer) -> int:
    """Return what `ask` exits with for an answer."""
    return EXIT_CODES[answer.outcome]


def _dialog(view: RunView, assistant: ResearchAssistant, given: Given) -> OnPlan:
    from r1agent.cli.approval import PlanDialog
    from r1agent.cli.screen import notes

    return PlanDialog(view, assistant.executor.tools, notes(plain=given.plain))


def _show(answer: Answer, settings: Settings, given: Given, *, json: bool, explain: bool) -> None:
    if json:
        from r1agent.cli.screen import show_json
        from r1agent.journal import answer_to_json
        from r1agent.report.export import exported

        data = answer_to_json(answer)
        show_json(data | {"text": exported(answer.text, answer, settings)})
        return
    from r1agent.report.terminal import answer_to_terminal

    given.data().print(answer_to_terminal(answer, explain=explain), crop=False)


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


def _past(run: str, given: Given) -> Past:
    """Read the run to go on with before a model is loaded for nothing."""
    from r1agent.journal import find_run
    from r1agent.past import Past

    return Past.read(find_run(given.settings().runs_dir, run))
