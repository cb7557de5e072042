"""The id of the run under way, so that a run that is stopped can be found again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent.types import Event


class RunId:
    """Remember the id of the run whose events pass through."""

    def __init__(self) -> None:
        """Know of no run yet."""
        self.id = ""

    def noting(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return a listener that notes the id and passes every event on."""

        def note(event: Event) -> None:
            if event.name == "started":
                self.id = str(event.data["run"])
            listener(event)

        return note

    def kept(self) -> str:
        """Say what is left of a run that was stopped."""
        if not self.id:
            return "Stopped before the run began; nothing was lost."
        return f"Stopped. What was done is kept: `r1agent show {self.id}`."
