"""Lines with a hanging indent, wrapped to the terminal without trailing spaces."""

from __future__ import annotations

from dataclasses import dataclass

from rich.console import Console, ConsoleOptions, RenderResult
from rich.text import Text


@dataclass(frozen=True, slots=True)
class Hanging:
    """A first mark and a text; the text's further lines stand under its first."""

    mark: str
    body: Text
    style: str = ""
    """Of the mark."""
    brief: bool = False
    """Cut the text to one line instead of wrapping it."""

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Fit the text into what is left of the width beside the mark."""
        mark = Text(self.mark, style=self.style)
        width = max(options.max_width - mark.cell_len, 20)
        if self.brief:
            line = self.body.copy()
            line.truncate(width, overflow="ellipsis")
            yield Text.assemble(mark, line)
            return
        for number, line in enumerate(self.body.wrap(console, width, tab_size=4)):
            line.rstrip()
            start = mark if number == 0 else Text(" " * mark.cell_len)
            yield Text.assemble(start, line) if line else Text(start.plain.rstrip())
