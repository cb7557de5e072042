"""`r1agent eval datasets` and `fetch`: the data sets that are known, and fetching one."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import TYPE_CHECKING, Annotated, Any

import typer

from r1agent.cli import options
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.evaluate.datasets import Dataset

app = typer.Typer()
Name = Annotated[str, typer.Argument(help="Name from `r1agent eval datasets`.")]
To = Annotated[
    Path | None,
    typer.Option("--to", metavar="DIR", help="Folder of data sets, instead of one in the cache."),
]


@app.command("datasets", epilog="Example: r1agent eval datasets")
def list_known(to: To = None, config: options.Config = None, json: options.Json = False) -> None:
    """List the data sets known by name: task, size, licence, source, and where they are."""
    from r1agent.cli.screen import show, show_json
    from r1agent.evaluate.datasets import list_datasets

    within = _within(to, config)
    held = [(dataset, dataset.held(within)) for dataset in list_datasets()]
    if json:
        show_json([_data(dataset, path) for dataset, path in held])
        return
    show(*(_line(dataset, path) for dataset, path in held))


@app.command(epilog="Example: r1agent eval fetch humaneval --to data")
def fetch(
    name: Name,
    to: To = None,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Fetch a data set and check it; a stopped fetch goes on where it was. Prints its path."""
    from r1agent.cli.ending import say
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.evaluate.datasets import find_dataset
    from r1agent.evaluate.fetching import fetch_dataset
    from r1agent.report.watching.download import DownloadView

    dataset, within = find_dataset(name), _within(to, config)
    timeout = settings_from(config).hub_timeout_seconds
    view = DownloadView(notes(plain=plain), plain=plain)
    try:
        if quiet:
            path = fetch_dataset(dataset, within, timeout=timeout)
        else:
            with view:
                path = fetch_dataset(dataset, within, on_progress=view.update, timeout=timeout)
    except KeyboardInterrupt:
        say("Stopped. What has arrived is kept; the same command goes on.")
        raise typer.Exit(130) from None
    if json:
        show_json(_data(dataset, path))
        return
    show(str(path))
    if not quiet:
        say(f"Licence: {dataset.licence}. Next: `r1agent eval {dataset.task} {quote(str(path))}`.")


def _within(to: Path | None, config: Path | None) -> Path:
    return to if to is not None else settings_from(config).cache_dir / "datasets"


def _data(dataset: Dataset, path: Path | None) -> dict[str, Any]:
    return {
        "name": dataset.name,
        "title": dataset.title,
        "task": dataset.task,
        "size": dataset.size,
        "licence": dataset.licence,
        "homepage": dataset.homepage,
        "sources": [
            {"url": file.url, "sha256": file.sha256, "size": file.size} for file in dataset.files
        ],
        "path": path,
    }


def _line(dataset: Dataset, path: Path | None) -> RenderableType:
    from rich.text import Text

    from r1agent.report.hanging import Hanging

    size = f"{dataset.size / 1e3:,.0f} kB, " if dataset.size else ""
    body = Text(f"{dataset.title}. {size}{dataset.licence}. For `r1agent eval {dataset.task}`.")
    for file in dataset.files:
        body.append(f"\n{file.url}\nSHA-256 {file.sha256}", style="dim")
    if path is not None:
        body.append(f"\non this machine: {path}", style="green")
    return Hanging(f"{'✓' if path else '·'} {dataset.name:<16}", body, style="cyan")
