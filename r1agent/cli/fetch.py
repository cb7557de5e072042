"""`r1agent papers get`: open PDFs by arXiv id, DOI or address, into a folder."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent_indexes import FetchProgress, FetchReport

app = typer.Typer(no_args_is_help=True, help="Fetch open papers.")


@app.callback()
def papers() -> None:
    """Fetch open papers."""


@app.command(epilog="Example: r1agent papers get arxiv:1503.02531 --to papers")
def get(
    wanted: Annotated[
        list[str] | None,
        typer.Argument(metavar="PAPERS", help="`arxiv:ID`, `doi:10.…`, or addresses of PDFs."),
    ] = None,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="Folder to put them in.")] = Path(
        "papers"
    ),
    listed: Annotated[
        str | None,
        typer.Option("--from", metavar="FILE", help="A list, one a line; `-` is stdin."),
    ] = None,
    max_megabytes: Annotated[
        int, typer.Option("--max-mb", metavar="N", min=1, help="How large a PDF may be.")
    ] = 200,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Fetch open PDFs into a folder; what is there is kept, and a stopped fetch goes on."""
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.report.watching.view import open_view
    from r1agent_indexes import Addresses, fetch_papers

    asked = [*(wanted or []), *(_read_list(listed) if listed else [])]
    if not asked:
        raise typer.BadParameter("Name a paper, or a list with `--from FILE`.")
    settings = settings_from(config)
    key = settings.openalex_key.get_secret_value() if settings.openalex_key else None
    try:
        with open_view(notes(plain=plain), quiet=quiet, plain=plain, transient=True) as view:
            report = fetch_papers(
                asked,
                to,
                addresses=Addresses(
                    settings.crossref_url, settings.openalex_url, settings.arxiv_url
                ),
                mailto=settings.mailto,
                openalex_key=key,
                most_bytes=max_megabytes << 20,
                on_progress=lambda step: view.loading(*_words(step)),
            )
    except KeyboardInterrupt:
        say(f"Stopped. What has arrived is in {str(to)!r}; the same command fetches the rest.")
        raise typer.Exit(130) from None
    if json:
        show_json(_data(report))
    else:
        show(*_lines(report))
    raise typer.Exit(1 if report.failed else 0)


def _read_list(name: str) -> list[str]:
    """Return the lines of a list, without blank ones and comments."""
    try:
        if name == "-":
            return _entries(sys.stdin)
        with Path(name).expanduser().open(encoding="utf-8") as lines:
            return _entries(lines)
    except OSError as error:
        reason = str(error.strerror)
    except UnicodeDecodeError:
        reason = "it is not UTF-8 text"
    raise typer.BadParameter(f"The list {name!r} cannot be read: {reason}.", param_hint="--from")


def _entries(lines: Iterable[str]) -> list[str]:
    plain = (line.strip() for line in lines)
    return [line for line in plain if line and not line.startswith("#")]


def _words(step: FetchProgress) -> tuple[str, float | None, str]:
    """Put a moment of fetching into words: what, how far, and the detail beside it."""
    inner = step.bytes / step.whole if step.whole else 0.0
    size = f"{step.bytes / 1e6:.1f} MB" if step.bytes else "asking"
    return f"{step.paper} of {step.of} {step.asked}", (step.paper - 1 + inner) / step.of, size


def _data(report: FetchReport) -> dict[str, object]:
    return {
        "fetched": [
            {"asked": each.asked, "path": each.path, "url": each.url} for each in report.fetched
        ],
        "there": [{"asked": each.asked, "path": each.path} for each in report.there],
        "failed": [{"asked": each.asked, "reason": each.reason} for each in report.failed],
    }


def _lines(report: FetchReport) -> Iterator[RenderableType]:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line

    for each in report.fetched:
        yield Text(one_line(str(each.path)))
    for each in report.there:
        yield Text.assemble(one_line(str(each.path)), ("  there before", "dim"))
    for failure in report.failed:
        body = Text(f"{one_line(failure.asked)}: {one_line(failure.reason).rstrip('.')}.")
        yield Hanging("failed  ", body, style="red")
