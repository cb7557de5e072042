"""Who hears how far an evaluation is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from r1agent.evaluate.evaluation import Row


class Watch(Protocol):
    """Whatever shows an evaluation while it runs; called in the caller's thread."""

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Learn what is being loaded or read, and how far, 0 to 1, where that is known."""
        ...

    def notice(self, text: str) -> None:
        """Learn of something that went other than planned."""
        ...

    def begin(self, system: str, before: Sequence[Row], total: int) -> None:
        """Learn that so many examples are put to a system, and what is known of it from before."""
        ...

    def row(self, row: Row) -> None:
        """Learn what a system made of an example."""
        ...

    def end(self) -> None:
        """Learn that the system has answered all of them."""
        ...


class Unwatched:
    """Nobody looks."""

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Pass over it."""

    def notice(self, text: str) -> None:
        """Pass over it."""

    def begin(self, system: str, before: Sequence[Row], total: int) -> None:
        """Pass over it."""

    def row(self, row: Row) -> None:
        """Pass over it."""

    def end(self) -> None:
        """Pass over it."""
