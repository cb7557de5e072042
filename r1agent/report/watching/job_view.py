"""What the views of jobs over many questions share: they show through the view of a single run."""

from __future__ import annotations

from types import TracebackType
from typing import Self

from r1agent.report.watching.trace import notice_line
from r1agent.report.watching.view import RunView


class JobView:
    """Show a job through the view of a single run.

    Args:
        view: Where to show.
        first: What stands there until something is loaded.
    """

    def __init__(self, view: RunView, first: str = "Starting") -> None:
        self._view = view
        self._first = first

    def __enter__(self) -> Self:
        """Start showing."""
        self._view.__enter__()
        self._view.loading(self._first, None)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing."""
        self._view.__exit__(kind, error, trace)

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Show what is being loaded."""
        self._view.loading(text, fraction, detail)

    def notice(self, text: str) -> None:
        """Show something that went other than planned."""
        self._view.line(notice_line(text))
