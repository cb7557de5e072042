"""The live view of a run on a terminal: a plan that fills in, and a clock that moves."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.spinner import Spinner
from rich.table import Table
from rich.text import Text

from r1agent.report.printable import shortened
from r1agent.report.watching.timeline import Timeline
from r1agent.report.watching.trace import brief_trace
from r1agent.report.watching.view import RunView, is_raised_too
from r1agent.types import Event

_SPINNER, _BAR = 1, 12
"""Columns of a terminal."""


class LiveView(RunView):
    """Redraw a run eight times a second, also while a model thinks and no event comes."""

    def __init__(self, console: Console, *, transient: bool = False) -> None:
        """Store the console; nothing is drawn before the block is entered."""
        self.timeline = Timeline()
        self._spinner = Spinner("dots", style="cyan")
        self._began = time.monotonic()
        self._loading: tuple[str, float | None, str] | None = None
        self._left = False
        self._console = console
        self._transient = transient
        self._live = self._drawing()

    def __enter__(self) -> Self:
        """Start drawing, at once."""
        self._began = time.monotonic()
        self._live.start(refresh=True)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Draw the last state without its clock, and leave it on the screen."""
        self._left = True
        self._live.stop()
        if self.timeline.steps:
            self._live.console.print()

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Show what is being loaded beside the clock."""
        if self._loading is None or self._loading[0] != text:
            self._began = time.monotonic()
        self._loading = (text, fraction, detail)

    def event(self, event: Event) -> None:
        """Take in an event and show it."""
        if is_raised_too(event):
            return
        before = (self.timeline.activity, self.timeline.since)
        self.timeline.apply(event)
        if self._loading or before != (self.timeline.activity, self.timeline.since):
            self._began = time.monotonic()
        self._loading = None
        if self._live.is_started:
            self._live.refresh()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Wipe what is drawn, and draw it anew afterwards, below what was said meanwhile."""
        self._live.transient = True
        self._live.stop()
        try:
            yield
        finally:
            self._live = self._drawing()
            self._live.start()

    def line(self, line: RenderableType) -> None:
        """Print a line above what is redrawn."""
        self._live.console.print(line)

    def _drawing(self) -> Live:
        return Live(
            console=self._console,
            get_renderable=self._draw,
            refresh_per_second=8,
            transient=self._transient,
        )

    def _draw(self) -> RenderableType:
        lines = list(brief_trace(self.timeline))
        return Group(*lines) if self._left else Group(*lines, self._clock())

    def _clock(self) -> RenderableType:
        text, fraction, detail = self._loading or (self.timeline.activity, None, "")
        elapsed = time.monotonic() - self._began
        beside = _cut(f"{detail} {elapsed:.0f} s".lstrip(), style="dim")
        if fraction is None:
            return _row(self._spinner, _cut(text), beside)
        bar, share = ProgressBar(total=1, completed=fraction, width=_BAR), _cut(f"{fraction:.0%}")
        full = _cut(text)
        wanted = [_SPINNER, full.cell_len, _BAR, share.cell_len, beside.cell_len]
        has_room = sum(wanted) + len(wanted) - 1 <= self._console.width
        return _row(self._spinner, full, *([bar] if has_room else []), share, beside)


def _row(spinner: RenderableType, text: Text, *others: RenderableType) -> RenderableType:
    """Lay cells out in one line, where `text` alone is cut to what the terminal has room for."""
    row = Table.grid(padding=(0, 1))
    row.add_column(no_wrap=True)
    row.add_column()
    for _ in others:
        row.add_column(no_wrap=True)
    row.add_row(spinner, text, *others)
    return row


def _cut(text: str, *, style: str = "") -> Text:
    """Return a cell that is cut where the terminal is too narrow for it."""
    return Text(shortened(text, 60), style=style, no_wrap=True, overflow="ellipsis")
