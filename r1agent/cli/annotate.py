"""`r1agent annotate`: the quotes of a run as highlights in copies of the papers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.session import open_index, settings_from

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.report.papers.annotated_papers import AnnotatedPaper


def annotate(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RUN",
            help="Answers of a batch, JSON of a report, or a run: its id, or `last`.",
        ),
    ],
    out: Annotated[
        Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the copies.")
    ] = Path("annotated"),
    index: options.Index = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Highlight each quote of a report in copies of the PDFs that it cites.

    The sentence is the comment. Yellow carries a sentence, blue was quoted, red says otherwise.
    Zotero takes the highlights over with "Import Annotations"; the PDFs themselves stay as they
    are.
    """
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.report.papers.annotated_papers import annotate_papers
    from r1agent.report.printable import one_line
    from r1agent.report.read_report import read_report
    from r1agent.report.watching.view import open_view

    settings = settings_from(config, index=index, runs_dir=runs_dir)
    report = read_report(source, settings.runs_dir)
    view = open_view(notes(plain=plain), quiet=quiet, plain=plain)
    with view, open_index(settings) as papers:
        done = annotate_papers(
            report,
            papers,
            out,
            on_paper=lambda number, of, file: view.loading(
                f"{number} of {of} {one_line(file)}", (number - 1) / of, "marking"
            ),
        )
    if json:
        show_json([_data(paper) for paper in done])
    else:
        show(*map(_line, done))
    copies = sum(paper.out is not None for paper in done)
    if copies:
        say(f"Written: {copies} of {len(done)} papers, in {str(out)!r}.")
    raise typer.Exit(0 if copies else 1)


def _data(paper: AnnotatedPaper) -> dict[str, object]:
    return {
        "file": paper.file,
        "out": paper.out,
        "highlights": paper.highlights,
        "notes": paper.notes,
        "reason": paper.reason or None,
    }


def _line(paper: AnnotatedPaper) -> RenderableType:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line
    from r1agent.words import counted

    file = one_line(paper.file)
    if paper.out is None:
        return Hanging("skipped  ", Text(f"{file}: {one_line(paper.reason)}"), style="yellow")
    body = Text(f"{one_line(str(paper.out))}: {counted(paper.highlights, 'highlight')}")
    if paper.notes:
        body.append(f", {counted(paper.notes, 'note')} at the top of a page, place not found")
    return Hanging("marked   ", body, style="cyan")
