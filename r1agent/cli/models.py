"""`r1agent models`: the weights that are known, fetching them, and where they are."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from r1agent.cli import options
from r1agent.cli.session import settings_from

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.models import ModelEntry

app = typer.Typer(no_args_is_help=True, help="Weights for the embedded engine and for vLLM.")
Name = Annotated[str, typer.Argument(help="Name from `r1agent models list`.")]


@app.command("list", epilog="Example: r1agent models list")
def list_known(config: options.Config = None, json: options.Json = False) -> None:
    """List the models known by name, and which of them are on this machine."""
    from r1agent.cli.screen import show, show_json
    from r1agent.models import list_models, model_path

    cache = settings_from(config).cache_dir
    held = [(entry, model_path(entry.name, cache=cache)) for entry in list_models()]
    if json:
        show_json([_entry_data(entry, path) for entry, path in held])
        return
    show(*(_entry_line(entry, path) for entry, path in held))


@app.command(epilog="Example: r1agent models pull smollm2-135m")
def pull(
    name: Name,
    config: options.Config = None,
    json: options.Json = False,
    quiet: options.Quiet = False,
    plain: options.Plain = False,
) -> None:
    """Fetch a model's weights and check them; a stopped fetch goes on where it was."""
    from r1agent.cli.screen import notes, show, show_json
    from r1agent.models import find_model
    from r1agent.models import pull as fetch
    from r1agent.report.watching.download import DownloadView

    settings = settings_from(config)
    find_model(name)  # an unknown name is refused before anything is drawn
    view = DownloadView(notes(plain=plain), plain=plain)
    timeout, cache = settings.hub_timeout_seconds, settings.cache_dir
    if quiet:
        path = fetch(name, hub_timeout=timeout, cache=cache)
    else:
        with view:
            path = fetch(name, on_progress=view.update, hub_timeout=timeout, cache=cache)
    if json:
        show_json({"name": name, "path": path})
        return
    show(str(path))


@app.command("path", epilog="Example: r1agent models path smollm2-135m")
def print_path(name: Name, config: options.Config = None, json: options.Json = False) -> None:
    """Print where a model's weights are."""
    from r1agent.cli.screen import show, show_json
    from r1agent.errors import WeightsError
    from r1agent.models import model_path

    path = model_path(name, cache=settings_from(config).cache_dir)
    if path is None:
        raise WeightsError(
            f"The weights of {name!r} are not on this machine. "
            f"Fetch them with `r1agent models pull {name}`."
        )
    if json:
        show_json({"name": name, "path": path})
        return
    show(str(path))


def _entry_data(entry: ModelEntry, path: Path | None) -> dict[str, object]:
    return {
        "name": entry.name,
        "description": entry.description,
        "parameters": entry.parameters,
        "size": entry.size,
        "licence": entry.licence,
        "repository": entry.repository,
        "embedded": entry.file is not None,
        "path": path,
    }


def _entry_line(entry: ModelEntry, path: Path | None) -> RenderableType:
    from rich.text import Text

    from r1agent.report.hanging import Hanging

    engine = "embedded" if entry.file else "vLLM"
    facts = [f"{entry.parameters / 1e9:.1f} B", engine, entry.licence]
    if entry.size:
        facts.insert(1, f"{entry.size / 1e6:,.0f} MB")
    body = Text(f"{', '.join(facts)}. {entry.description}")
    if path is not None:
        body.append("  on this machine", style="green")
    return Hanging(f"{'✓' if path else '·'} {entry.name:<34}", body, style="cyan")
