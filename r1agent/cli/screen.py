"""Where output goes: data to stdout, everything else to stderr, JSON for machines."""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any, TextIO

from rich.console import Console, RenderableType

_UNWRAPPED = 100_000
_UNSAFE_IN_JSON = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def data(*, plain: bool = False) -> Console:
    """Return the console for data; text is wrapped on terminals only."""
    return _console(sys.stdout, plain=plain)


def notes(*, plain: bool = False) -> Console:
    """Return the console for progress, notes and errors."""
    return _console(sys.stderr, plain=plain)


def show(*blocks: RenderableType) -> None:
    """Print data."""
    console = data()
    for block in blocks:
        console.print(block, crop=False)  # long lines of code stay whole


def show_json(value: Any, *, indent: int | None = 2) -> None:
    """Print `value` as JSON, with the characters that could steer a terminal escaped."""
    sys.stdout.write(as_json(value, indent=indent) + "\n")


def as_json(value: Any, *, indent: int | None = None) -> str:
    """Write `value` as JSON; paths and the like become text."""
    text = json.dumps(value, ensure_ascii=False, indent=indent, default=str)
    return _UNSAFE_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _console(stream: TextIO, *, plain: bool) -> Console:
    colourless = plain or bool(os.environ.get("NO_COLOR"))
    return Console(
        file=stream,
        width=None if stream.isatty() else _UNWRAPPED,
        color_system=None if colourless else "auto",
        no_color=colourless or None,
        highlight=False,
        markup=False,
        emoji=False,
    )
