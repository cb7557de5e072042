"""`r1agent init`: a commented `r1agent.toml`, written from `Settings` itself."""

from __future__ import annotations

import sys
from pathlib import Path
from shlex import quote
from typing import Annotated

import typer

from r1agent.cli import options


def init(
    index: options.Index = None,
    base_url: options.BaseUrl = None,
    model: options.Model = None,
    force: Annotated[
        bool, typer.Option("--force", metavar="", help="Write over a file that is there.")
    ] = False,
    to_stdout: Annotated[
        bool, typer.Option("--print", metavar="", help="Print the file instead of writing it.")
    ] = False,
) -> None:
    """Write a commented `r1agent.toml` into this folder, with every setting and its default."""
    from r1agent.cli.ending import say
    from r1agent.cli.init_file import settings_file
    from r1agent.errors import SettingsError
    from r1agent.settings import FILE_NAME

    given = {"index": index, "base_url": base_url, "model": model}
    text = settings_file({name: str(value) for name, value in given.items() if value is not None})
    if to_stdout:
        sys.stdout.write(text)
        return
    path = Path(FILE_NAME)
    if path.exists() and not force:
        raise SettingsError(
            f"{FILE_NAME!r} is there already. `--force` writes over it, `--print` shows what "
            "would be written."
        )
    _write(path, text)
    say(f"Written: {FILE_NAME!r}. r1agent reads it in this folder and in those below.")
    if index is not None and not (index.expanduser() / "manifest.json").is_file():
        named = quote(str(index))
        say(f"There is no index yet: `r1agent index add PAPERS --index {named}` makes it.")


def _write(path: Path, text: str) -> None:
    """Write the file whole or not at all.

    Raises:
        SettingsError: It cannot be written.
    """
    from r1agent.errors import SettingsError
    from r1agent.report.export_errors import ExportError
    from r1agent.report.exporting import write_report

    try:
        write_report(text, path)
    except ExportError as error:
        raise SettingsError(str(error)) from error
