"""The id of the run under way, so that a run that is stopped can be found again."""

from __future__ import annotations

import shlex
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.types import Event


class RunId:
    """Remember the id of the run whose events pass through."""

    def __init__(self, runs_dir: Path | None = None) -> None:
        """Know of no run yet; `runs_dir` is where the user wants runs kept, if anywhere."""
        self.id = ""
        self._where = f" --runs-dir {shlex.quote(str(runs_dir))}" if runs_dir else ""

    def noting(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return a listener that notes the id and passes every event on."""

        def note(event: Event) -> None:
            if event.name == "started":
                self.id = str(event.data["run"])
            listener(event)

        return note

    def kept(self) -> str:
        """Say what is left of a run that was stopped, and how to go on."""
        if not self.id:
            return "Stopped before the run began; nothing was lost."
        return (
            f"Stopped. What was done is kept: `r1agent show {self.id}{self._where}` shows it, "
            f"`r1agent ask --resume {self.id}{self._where}` goes on."
        )
