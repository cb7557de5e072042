"""A download while it runs: a bar in bytes on a terminal, otherwise a line every two seconds."""

from __future__ import annotations

import time
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)
from rich.text import Text

from r1agent.models.progress import PullProgress
from r1agent.report.printable import one_line

_EVERY = 2.0


class DownloadView:
    """Show the progress of `r1agent.models.pull`."""

    def __init__(self, console: Console, *, plain: bool) -> None:
        """Store the console."""
        self._console = console
        self._plain = plain or not console.is_terminal or console.no_color
        self._bar = Progress(
            TextColumn("{task.description}", markup=False),
            BarColumn(bar_width=20),
            DownloadColumn(),
            TransferSpeedColumn(),
            TimeRemainingColumn(),
            console=console,
            disable=self._plain,
        )
        self._task = self._bar.add_task("looking", total=None)
        self._printed = -_EVERY
        self._activity = ""

    def __enter__(self) -> Self:
        """Start drawing."""
        self._bar.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the last state on the screen."""
        self._bar.stop()

    def update(self, progress: PullProgress) -> None:
        """Show how far the pull has come."""
        if self._plain:
            self._print(progress)
            return
        if progress.activity != self._activity:
            self._activity = progress.activity
            self._bar.reset(self._task, total=progress.total, completed=progress.done)
        self._bar.update(
            self._task,
            description=f"{one_line(progress.name)}: {progress.activity}",
            total=progress.total,
            completed=progress.done,
        )

    def _print(self, progress: PullProgress) -> None:
        late = time.monotonic() - self._printed >= _EVERY
        if not late and progress.activity == self._activity:
            return
        self._printed, self._activity = time.monotonic(), progress.activity
        of = f" of {progress.total / 1e6:,.0f}" if progress.total else ""
        words = [f"{one_line(progress.name)}: {progress.activity}"]
        if progress.done:
            words.append(f"{progress.done / 1e6:,.0f}{of} MB in {progress.seconds:.0f} s")
        self._console.print(Text(", ".join(words)))
