"""`r1agent export`: answers, summaries, reviews and tables in another format."""

from __future__ import annotations

from typing import Annotated

import typer

from r1agent.cli import options
from r1agent.cli.report_out import ReportOut
from r1agent.cli.session import settings_from


def export(
    source: Annotated[
        str,
        typer.Argument(
            metavar="FILE|RUN",
            help="Answers of a batch, JSON of a report, or a run: its id, or `last`.",
        ),
    ],
    format: options.Format = None,
    out: options.OutFile = None,
    style: options.Style = None,
    runs_dir: options.RunsDir = None,
    config: options.Config = None,
) -> None:
    """Write what was answered before as Markdown, HTML, Word, JSON, BibTeX or CSL-JSON.

    `obsidian` is Markdown with properties and links to the pages of the PDFs. A Word document wants
    `-o`. BibTeX and CSL-JSON hold the papers that are cited.
    """
    from r1agent.report.read_report import read_report

    settings = settings_from(config, runs_dir=runs_dir)
    where = ReportOut(out, format, style)
    where.check()
    where.write(read_report(source, settings.runs_dir), settings)
