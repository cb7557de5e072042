"""`r1agent ask`: one question, its run on stderr and its proved answer on stdout."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.run_id import RunId
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from r1agent.types import Answer

EXIT_CODES = {"answered": 0, "failed": 1, "not_in_papers": 3}


def ask(
    question: Annotated[str, typer.Argument(help="The question; `-` reads it from stdin.")],
    index: options.Index = None,
    year: options.Year = None,
    author: options.Author = None,
    file: options.File = None,
    tag: options.Tag = None,
    reranker: options.Reranker = None,
    base_url: options.BaseUrl = None,
    model: options.Model = None,
    tests: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", exists=True, dir_okay=False, help="Unit tests that the code must pass."
        ),
    ] = None,
    unsafe_python: options.UnsafePython = None,
    max_calls: options.MaxCalls = None,
    deadline: options.Deadline = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Answer a question, every sentence with a quote or a computation.

    Exits with 0 when answered, 3 when the papers do not say, 1 when it failed.
    """
    from r1agent.cli.ending import say
    from r1agent.cli.screen import data, notes, show_json
    from r1agent.cli.within import filter_from
    from r1agent.report.view import open_view

    asked = _question(question)
    test_code = _tests(tests)
    where = filter_from(year=year, author=author, file=file, tag=tag)
    run = RunId()
    view = open_view(notes(plain=plain), quiet=quiet, plain=plain)
    try:
        with view:
            view.loading("Starting", None)
            settings = settings_from(
                config,
                index=index,
                reranker=reranker,
                base_url=base_url,
                model=model,
                unsafe_python=unsafe_python,
                max_calls=max_calls,
                deadline_seconds=deadline,
                runs_dir=runs_dir,
            )
            from r1agent.load import load_assistant

            with load_assistant(settings, where=where, on_progress=view.loading) as assistant:
                answer = assistant.ask(asked, tests=test_code, on_event=run.noting(view.event))
    except KeyboardInterrupt:
        say(run.kept())
        raise typer.Exit(130) from None
    if json:
        from r1agent.journal import answer_to_json

        show_json(answer_to_json(answer))
    else:
        from r1agent.report.terminal import answer_to_terminal

        data(plain=plain).print(answer_to_terminal(answer), crop=False)
    raise typer.Exit(exit_code(answer))


def exit_code(answer: Answer) -> int:
    """Return what `ask` exits with for an answer."""
    return EXIT_CODES[answer.outcome]


def _question(question: str) -> str:
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
