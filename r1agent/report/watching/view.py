"""What watches a run: a live screen, plain lines, or nothing."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from rich.console import Console, RenderableType

from r1agent.report.watching.indexing import indexing_words
from r1agent.types import Event

if TYPE_CHECKING:
    from r1agent_indexes import AddProgress


class RunView(Protocol):
    """Something that shows a run while it happens. Leave the block to end the view."""

    def __enter__(self) -> Self:
        """Start showing."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing and leave the terminal as it was."""
        ...

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Show what is being loaded, how far (0 to 1, where known) and a passing detail."""
        ...

    def indexing(self, step: AddProgress) -> None:
        """Show a moment of `PaperIndex.add`: this can be its `on_progress`."""
        self.loading(*indexing_words(step))

    def event(self, event: Event) -> None:
        """Show one event."""
        ...

    def line(self, line: RenderableType) -> None:
        """Print a line that stays."""
        ...

    def paused(self) -> AbstractContextManager[None]:
        """Stand aside for a dialogue with the user."""
        ...


def open_view(
    console: Console,
    *,
    quiet: bool = False,
    plain: bool = False,
    transient: bool = False,
    with_question: bool = True,
) -> RunView:
    """Return the view that suits `console`: live on a terminal, otherwise plain lines.

    Args:
        console: Where to show.
        quiet: Show nothing.
        plain: Plain lines on a terminal too.
        transient: Wipe the live view at its end.
        with_question: Whether plain lines begin with the question; the live view never shows it.
    """
    if quiet:
        return QuietView()
    if plain or not can_redraw(console):
        from r1agent.report.watching.lines import LineView

        return LineView(console, with_question=with_question)
    from r1agent.report.watching.live import LiveView

    return LiveView(console, transient=transient)


def is_raised_too(event: Event) -> bool:
    """Tell whether an event is the error that ends the run, which the command itself will tell."""
    return event.name == "notice" and bool(event.data.get("raised"))


def can_redraw(console: Console) -> bool:
    """Tell whether lines may be drawn anew there: on a terminal, where colours are welcome."""
    return console.is_terminal and not console.no_color and not console.is_dumb_terminal


class QuietView(RunView):
    """Show nothing."""

    def __enter__(self) -> Self:
        """Start showing nothing."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Pass over it."""

    def event(self, event: Event) -> None:
        """Pass over it."""

    def line(self, line: RenderableType) -> None:
        """Pass over it."""

    def paused(self) -> AbstractContextManager[None]:
        """Stand aside."""
        return nullcontext()
