"""The commands, and what `r1agent` alone prints."""

from __future__ import annotations

from typing import Annotated

import typer

from r1agent import __version__
from r1agent.cli import (
    ask,
    batch,
    chat,
    doctor,
    eval,
    export,
    fetch,
    index,
    init,
    models,
    provenance,
    review,
    search,
    serve,
    show,
    summarize,
    table,
)
from r1agent.cli.completion import complete_values
from r1agent.cli.ending import Commands

app = typer.Typer(
    name="r1agent",
    cls=Commands,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"r1agent {__version__}")
        raise typer.Exit


@app.callback()
def root(
    version: Annotated[
        bool,
        typer.Option(
            "--version", metavar="", callback=_version, is_eager=True, help="Print the version."
        ),
    ] = False,
) -> None:
    """Answer questions from your own papers, every sentence with a verbatim quote."""


def _example(line: str) -> str:
    return f"Example: r1agent {line}"


app.command("ask", epilog=_example('ask "Does label smoothing help?" --index indexes/kd'))(ask.ask)
app.command("chat", epilog=_example("chat --index indexes/kd"))(chat.chat)
app.command("init", epilog=_example("init --index indexes/kd"))(init.init)
app.command("batch", epilog=_example("batch questions.jsonl -o answers.jsonl --index indexes/kd"))(
    batch.batch
)
app.command(
    "summarize", epilog=_example("summarize 2023-*.pdf -o summaries.md --index indexes/kd")
)(summarize.summarize)
app.command("table", epilog=_example("table columns.yaml -o table.html --index indexes/kd"))(
    table.table
)
app.command("review", epilog=_example('review "label smoothing" -o review.md --index indexes/kd'))(
    review.review
)
app.command("search", epilog=_example('search "label smoothing" --index indexes/kd -k 3'))(
    search.search
)
app.command("provenance", epilog=_example("provenance review.md"))(provenance.provenance)
app.command("show", epilog=_example("show last"))(show.show_run)
app.command("export", epilog=_example("export answers.jsonl -o answers.html"))(export.export)
app.command("serve", epilog=_example("serve --dry-run --cards 2x80"))(serve.serve)
app.add_typer(index.app, name="index")
app.add_typer(fetch.app, name="papers")
app.add_typer(models.app, name="models")
app.add_typer(eval.app, name="eval")
app.command("doctor", epilog=_example("doctor --index indexes/kd"))(doctor.doctor)
complete_values(app)
