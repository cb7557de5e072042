"""The commands, and what `r1agent` alone prints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

import typer

from r1agent import __version__
from r1agent.cli import (
    annotate,
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
from r1agent.cli.completion import complete_values, for_named_shell
from r1agent.cli.ending import Commands
from r1agent.cli.exit_codes import MEANINGS, codes_line
from r1agent.cli.help_page import with_pages

_PANELS = {
    "Papers": ("index", "papers", "search"),
    "Questions": ("ask", "chat", "batch"),
    "Reports": ("summarize", "table", "review", "export", "annotate"),
    "Runs": ("show", "provenance"),
    "This machine": ("init", "doctor", "models", "serve"),
    "Measure": ("eval",),
}
"""Commands by the heading under which `r1agent --help` shows them."""


class _Commands(Commands):
    """The commands, in the order of the headings."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return their names."""
        order = [name for names in _PANELS.values() for name in names]
        return sorted(super().list_commands(ctx), key=order.index)

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Read the options that stand before the command."""
        for_named_shell(self, ctx, args)
        return super().parse_args(ctx, args)


app = typer.Typer(
    name="r1agent",
    cls=_Commands,
    epilog=f"{codes_line(MEANINGS)}\n\n`r1agent COMMAND --help` has an example, and its codes.",
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


def _command(name: str, function: Callable[..., None], example: str, short: str) -> None:
    """Add a command.

    Args:
        name: As it is typed.
        function: What it does.
        example: Shown below its help, and run by a test.
        short: Shown by `r1agent --help`, on one line of 80 columns.
    """
    panel = next(heading for heading, names in _PANELS.items() if name in names)
    epilog = f"Example: r1agent {example}"
    app.command(name, epilog=epilog, short_help=short, rich_help_panel=panel)(function)


_command(
    "ask",
    ask.ask,
    'ask "Does label smoothing help?" --index indexes/kd',
    "Answer a question, every sentence with a quote or a computation.",
)
_command(
    "chat",
    chat.chat,
    "chat --index indexes/kd",
    "Ask question after question; each may build on those before.",
)
_command(
    "init",
    init.init,
    "init --index indexes/kd",
    "Write a commented r1agent.toml with every setting.",
)
_command(
    "batch",
    batch.batch,
    "batch questions.jsonl -o answers.jsonl --index indexes/kd",
    "Answer many questions into a file, and go on after a stop.",
)
_command(
    "summarize",
    summarize.summarize,
    "summarize '02-*' -o summaries.md --index indexes/kd",
    "Summarize papers: question, method, data, findings, limits.",
)
_command(
    "table",
    table.table,
    "table columns.yaml -o table.html --index indexes/kd",
    "Ask every paper the same questions: a table of quoted answers.",
)
_command(
    "review",
    review.review,
    'review "label smoothing" -o review.md --index indexes/kd',
    "Review what the papers say about a topic, in sections.",
)
_command(
    "search",
    search.search,
    'search "label smoothing" --index indexes/kd -k 3',
    "Print the passages nearest to a query, with paper and page.",
)
_command(
    "provenance",
    provenance.provenance,
    "provenance review.md",
    "Find the invisible marks of runs in a text.",
)
_command("show", show.show_run, "show last", "Show a run again, or list the latest runs.")
_command(
    "export",
    export.export,
    "export answers.jsonl -o answers.html",
    "Write earlier answers in another format.",
)
_command(
    "annotate",
    annotate.annotate,
    "annotate last -o marked --index indexes/kd",
    "Highlight the quotes of an answer in copies of the PDFs.",
)
_command(
    "serve",
    serve.serve,
    "serve --dry-run --cards 2x80",
    "Serve R1 with vLLM on this machine, for the other commands.",
)
_command(
    "doctor",
    doctor.doctor,
    "doctor --index indexes/kd",
    "Check this machine, and say what is missing.",
)
app.add_typer(index.app, name="index", rich_help_panel="Papers")
app.add_typer(fetch.app, name="papers", rich_help_panel="Papers")
app.add_typer(models.app, name="models", rich_help_panel="This machine")
app.add_typer(
    eval.app, name="eval", short_help="Measure models, gate and search.", rich_help_panel="Measure"
)
with_pages(app)
complete_values(app)
