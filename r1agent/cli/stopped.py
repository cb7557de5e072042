"""What there is of an answer that was stopped: the sentences that had passed the gate."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.style import Style
from rich.text import Text

from r1agent.cli.links import links_for
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line
from r1agent.report.references import page
from r1agent.report.watching.paper_links import Links
from r1agent.types import Citation, Event
from r1agent.words import counted


class SoFar:
    """Remember the sentences of a run that passed the gate."""

    def __init__(self) -> None:
        """Know of none yet."""
        self.proved: dict[str, list[Citation]] = {}
        """Each sentence with its quotes."""
        self.index: Path | None = None
        """Knows where the papers are, once that is known."""

    def note(self, event: Event) -> None:
        """Take in an event."""
        if event.name == "claim_judged" and event.data["support"] == "supported":
            self.proved[str(event.data["text"])] = _quotes(event.data)

    def noting(self, listener: Callable[[Event], None]) -> Callable[[Event], None]:
        """Return a listener that notes an event and passes it on."""

        def note(event: Event) -> None:
            self.note(event)
            listener(event)

        return note

    def show(self, console: Console) -> None:
        """Print the sentences with their quotes, which open their papers; nothing without any."""
        if not self.proved:
            return
        quotes = [quote for quotes in self.proved.values() for quote in quotes]
        links = links_for(quotes, self.index, console)
        console.print(Group(*self._lines(links)), crop=False)

    def said(self) -> str:
        """Say how many there are."""
        if not self.proved:
            return "No sentence was proved by then."
        were = "was" if len(self.proved) == 1 else "were"
        return f"{counted(len(self.proved), 'sentence')} {were} proved by then:"

    def _lines(self, links: Links) -> Iterator[RenderableType]:
        for text, quotes in self.proved.items():
            yield Hanging("✓ ", Text(one_line(text)), style="green")
            for quote in quotes:
                body = Text(f"“{one_line(quote.quote)}” ", style="italic")
                place = Style(italic=False, dim=True, link=links(quote))
                body.append(f"{one_line(quote.file)}, {page(quote)}", place)
                yield Hanging("    ", body)


def _quotes(judged: Mapping[str, Any]) -> list[Citation]:
    """Read the quotes of a sentence as an event tells them: no more than what is shown."""
    quotes = judged.get("quotes", ())
    papers = judged.get("papers") or [""] * len(quotes)
    return [
        Citation(
            passage="",
            quote=str(quote["quote"]),
            paper=str(paper),
            file=str(quote["file"]),
            title="",
            page=int(quote["page"]),
            page_label="",
            start=0,
            end=0,
        )
        for quote, paper in zip(quotes, papers, strict=True)
    ]
