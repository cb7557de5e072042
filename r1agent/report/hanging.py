"""Lines with a hanging indent, wrapped to the terminal without trailing spaces."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text

_LEAST = 16
"""Cells of the text beside its tail, below which both are cut as one."""


@dataclass(frozen=True, slots=True)
class Hanging:
    """A first mark and a text; the text's further lines stand under its first."""

    mark: str
    body: Text
    style: str = ""
    """Of the mark."""
    brief: bool = False
    """Cut the text to one line instead of wrapping it."""
    tail: Text | None = None
    """Ends the text; what is cut is cut before it, where there is room."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fit the text into what is left of the width beside the mark."""
        mark = Text(self.mark, style=self.style)
        width = max(options.max_width - mark.cell_len, 20)
        if self.brief:
            yield Text.assemble(mark, self._cut(width))
            return
        body = self.body + self.tail if self.tail else self.body
        for number, line in enumerate(body.wrap(console, width, tab_size=4)):
            line.rstrip()
            start = mark if number == 0 else Text(" " * mark.cell_len)
            yield Text.assemble(start, line) if line else Text(start.plain.rstrip())

    def _cut(self, width: int) -> Text:
        line, tail = self.body.copy(), self.tail or Text()
        room = width - tail.cell_len
        if room < _LEAST:
            line, room, tail = line + tail, width, Text()
        line.truncate(room, overflow="ellipsis")
        return line + tail
