"""What there is of an answer that was stopped: the sentences that had passed the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.text import Text

from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.types import Event
from r1agent.words import counted


class SoFar:
    """Remember the sentences of a run that passed the gate."""

    def __init__(self) -> None:
        """Know of none yet."""
        self.proved: dict[str, list[dict[str, Any]]] = {}
        """Each sentence with its quotes."""

    def note(self, event: Event) -> None:
        """Take in an event."""
        if event.name == "claim_judged" and event.data["support"] == "supported":
            self.proved[str(event.data["text"])] = list(event.data.get("quotes", ()))

    def noting(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return a listener that notes an event and passes it on."""

        def note(event: Event) -> None:
            self.note(event)
            listener(event)

        return note

    def show(self, console: Console) -> None:
        """Print the sentences; nothing where there are none."""
        if self.proved:
            console.print(self.shown(), crop=False)

    def said(self) -> str:
        """Say how many there are."""
        if not self.proved:
            return "No sentence was proved by then."
        were = "was" if len(self.proved) == 1 else "were"
        return f"{counted(len(self.proved), 'sentence')} {were} proved by then:"

    def shown(self) -> RenderableType:
        """Build the sentences with their quotes."""
        return Group(*self._lines())

    def _lines(self) -> Iterator[RenderableType]:
        for text, quotes in self.proved.items():
            yield Hanging("✓ ", Text(one_line(text)), style="green")
            for quote in quotes:
                body = Text(f"“{one_line(str(quote['quote']))}”", style="italic")
                body.append(
                    f" {one_line(str(quote['file']))}, p. {quote['page']}", "not italic dim"
                )
                yield Hanging("    ", body)
