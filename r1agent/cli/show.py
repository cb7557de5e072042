"""`r1agent show`: replay the journal of a run, or list the runs."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from r1agent.cli import options
from r1agent.cli.report_out import ReportOut
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.report.watching.paper_links import Links
    from r1agent.report.watching.timeline import Timeline
    from r1agent.settings import Settings
    from r1agent.types import Answer, Event

_LISTED = 20
_QUESTION = 160
"""Characters that are listed of a question."""


def show_run(
    run: Annotated[
        str | None, typer.Argument(help="Id of a run, its beginning, or `last`.")
    ] = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
    json: options.Json = False,
    full: Annotated[
        bool,
        typer.Option(
            "--full", metavar="", help="Whole texts: of tools, thoughts, programs, sentences."
        ),
    ] = False,
    html: Annotated[
        bool,
        typer.Option(
            "--html", metavar="", help="The run as a page: steps, quotes, time. Goes with `-o`."
        ),
    ] = False,
    out: options.OutFile = None,
    format: options.Format = None,
    style: options.Style = None,
) -> None:
    """Show a run again, or list the latest runs."""
    from r1agent.cli.links import links_for
    from r1agent.cli.screen import data, show, show_json
    from r1agent.journal import find_run, is_going_on, list_runs, read_journal

    settings = settings_from(config, runs_dir=runs_dir)
    folder = settings.runs_dir
    report_out = ReportOut(out, format, style)
    if html and (format, style) != (None, None):
        raise typer.BadParameter("`--html` is a page of its own: leave `--format`, `--style` out.")
    if run is None:
        if report_out.wanted or html:
            raise typer.BadParameter("Which run is to be written? Name its id, or `last`.")
        _list(list_runs(folder)[-_LISTED:], folder, json=json)
        return
    if html:
        _write_page(read_journal(find_run(folder, run)), out)
        return
    if report_out.wanted:
        from r1agent.report.read_report import read_run

        report_out.check()
        report_out.write(read_run(find_run(folder, run)), settings)
        return
    journal = find_run(folder, run)
    going_on = is_going_on(journal)
    events = read_journal(journal)
    if json:
        show_json([{"name": e.name, "seconds": e.seconds, "data": e.data} for e in events])
        return
    answer = _answer(events)
    index = _index_of(events, settings)
    links = links_for(answer or [], index, data())
    show(*_replay(events, answer, going_on=going_on, full=full, links=links))
    if answer is None:
        _show_so_far(events, index)


def _write_page(events: list[Event], out: Path | None) -> None:
    from r1agent.cli.ending import say
    from r1agent.report.export_errors import ExportError
    from r1agent.report.exporting import write_report
    from r1agent.report.page.page import run_to_html

    if out is None and sys.stdout.isatty():
        raise ExportError(
            "The page is HTML for a browser, and stdout is a terminal. Name the file with `-o`, "
            "such as `-o run.html`, or pipe it on."
        )
    write_report(run_to_html(_timeline(events), _answer(events)), out)
    if out is not None:
        say(f"Written: {str(out)!r}.")


def _replay(
    events: list[Event], answer: Answer | None, *, going_on: bool, full: bool, links: Links
) -> Iterator[RenderableType]:
    from rich.text import Text

    from r1agent.report.terminal import answer_to_terminal
    from r1agent.report.watching.trace import trace

    timeline = _timeline(events)
    yield from trace(timeline, full=full)
    yield Text()
    if answer is not None:
        yield answer_to_terminal(answer, full=full, explain=True, links=links)
        return
    if going_on:
        yield Text("This run is still going on in another process.", style="yellow")
        return
    again = f" `r1agent ask --resume {timeline.run}` goes on." if timeline.can_go_on else ""
    yield Text(f"This run ended early, after {timeline.now:.0f} s.{again}", style="yellow")


def _show_so_far(events: list[Event], index: Path | None) -> None:
    """Print the sentences that a run without an answer had proved, with their quotes."""
    from rich.text import Text

    from r1agent.cli.screen import data, show
    from r1agent.cli.stopped import SoFar

    so_far = SoFar()
    so_far.index = index
    for event in events:
        so_far.note(event)
    if so_far.proved:
        show(Text(so_far.said(), style="yellow"))
        so_far.show(data())


def _index_of(events: list[Event], settings: Settings) -> Path | None:
    """Return the index that a run searched, or else the one that the settings name."""
    made_with = events[0].data.get("made_with", {}) if events else {}
    index = made_with.get("settings", {}).get("index")
    return Path(index) if index else settings.index


def _timeline(events: list[Event]) -> Timeline:
    from r1agent.report.watching.timeline import Timeline

    timeline = Timeline()
    for event in events:
        timeline.apply(event)
    return timeline


def _answer(events: list[Event]) -> Answer | None:
    from r1agent.journal import answer_from_json

    ended = bool(events) and events[-1].name == "answered"
    return answer_from_json(events[-1].data["answer"]) if ended else None


def _list(journals: list[Path], folder: Path, *, json: bool) -> None:
    from r1agent.cli.ending import say
    from r1agent.cli.screen import show, show_json

    runs = [_summary(path) for path in journals]
    if json:
        show_json(runs)
        return
    if not runs:
        say(f"No runs in {str(folder)!r} yet. `r1agent ask` makes one.")
    show(*map(_run_line, runs))


def _summary(path: Path) -> dict[str, Any]:
    """Sum a journal up; one that is damaged is listed as such instead of hiding the others."""
    from r1agent.errors import JournalError
    from r1agent.journal import is_going_on, read_journal

    unanswered = "going on" if is_going_on(path) else "ended early"
    try:
        events = read_journal(path)
    except JournalError:
        return {"run": path.stem, "outcome": "unreadable", "question": "", "seconds": 0.0}
    answered = [event for event in events if event.name == "answered"]
    return {
        "run": path.stem,
        "outcome": answered[-1].data["answer"]["outcome"] if answered else unanswered,
        "question": events[0].data.get("question", "") if events else "",
        "seconds": events[-1].seconds if events else 0.0,
    }


def _run_line(run: dict[str, Any]) -> RenderableType:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import shortened
    from r1agent.report.references import OUTCOME_STYLES

    style = OUTCOME_STYLES.get(run["outcome"], "yellow")
    body = Text.assemble((f"{run['outcome']:<14}", style), shortened(run["question"], _QUESTION))
    return Hanging(f"{run['run']}  ", body, style="cyan", brief=True)
