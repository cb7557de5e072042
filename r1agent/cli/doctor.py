"""`r1agent doctor`: what this machine has, what is wanted, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import typer

from r1agent.cli import options

if TYPE_CHECKING:
    from rich.console import RenderableType

    from r1agent.checkup import Check

_MARKS = {"ok": ("✓", "green"), "optional": ("–", "yellow"), "missing": ("✗", "red")}  # noqa: RUF001 - a dash


def doctor(
    index: options.Index = None, config: options.Config = None, json: options.Json = False
) -> None:
    """Check this machine: what it has, what is wanted, what to do."""
    from dataclasses import asdict

    from r1agent.cli.screen import show, show_json
    from r1agent.doctor import run_checks

    checks: list[Check] = []
    for check in run_checks(config, index=index):
        checks.append(check)
        if not json:
            show(*_lines(check))
    if json:
        show_json([asdict(check) for check in checks])
    raise typer.Exit(1 if any(check.status == "missing" for check in checks) else 0)


def _lines(check: Check) -> Iterator[RenderableType]:
    from rich.text import Text

    from r1agent.report.hanging import Hanging
    from r1agent.report.printable import one_line

    mark, style = _MARKS[check.status]
    heading = f"{mark} {check.name:<25} "
    indent = " " * len(heading)
    yield Hanging(heading, Text(one_line(check.found)), style=style)
    if check.wanted:
        yield Hanging(f"{indent}wanted: ", Text(one_line(check.wanted)), style="dim")
    if check.do and check.status != "ok":
        yield Hanging(f"{indent}do: ", Text(one_line(check.do)), style="dim")
