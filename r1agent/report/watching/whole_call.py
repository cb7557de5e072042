"""A tool call with all that it was given and all that it gave back."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, printable
from r1agent.report.watching.timeline import CallLine


def whole_call(call: CallLine) -> Iterator[RenderableType]:
    """Show a tool call, each argument and the tool's text line by line."""
    ended = "" if call.ok is None else f" ({'' if call.ok else 'failed, '}{call.seconds:.1f} s)"
    yield Hanging("    ", Text.assemble(one_line(call.tool), (ended, "dim")))
    for name, value in call.given.items():
        yield from _lines(f"{one_line(name)}:", str(value))
    if call.text.strip():
        yield from _lines("gave back:", call.text)


def _lines(name: str, text: str) -> Iterator[RenderableType]:
    """Show a text beside its name where it is one line, else below it."""
    lines = printable(text).strip("\n").splitlines()
    if len(lines) == 1:
        yield Hanging(f"      {name} ", Text(lines[0]), style="dim")
        return
    yield Text(f"      {name}", style="dim")
    for line in lines:
        yield Hanging("        ", Text(line)) if line.strip() else Text()
