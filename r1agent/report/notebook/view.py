"""The live view of a run in a notebook: one output of the cell, redrawn, with a clock."""

from __future__ import annotations

import contextvars
import threading
import time
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType

from r1agent.report.notebook.run import loading_to_html, lost_to_html, run_to_html, running_to_html
from r1agent.report.page.markup import Html, code, joined
from r1agent.report.watching.timeline import Timeline
from r1agent.report.watching.view import RunView
from r1agent.types import Event

Publish = Callable[[dict[str, str], str, bool], None]
"""Shows forms of the same by their media type, under a name; True replaces what it showed."""

_EVERY = 1.0
"""Seconds after which the clock moves."""
_SHORTEST = 0.1
"""Seconds between two redraws, however many events come."""


class NotebookView(RunView):
    """Show what happens in the cell that is run; `watch` makes one.

    Only one thread draws, in the context of the cell, so that the output stays there wherever the
    events come from: another thread, or an event loop.
    """

    def __init__(self, publish: Publish) -> None:
        """Store what shows the output; nothing is shown before the block is entered."""
        self.timeline = Timeline()
        self._publish = publish
        self._past: list[Html] = []
        self._loading: tuple[str, float | None, str] | None = None
        self._left = threading.Event()
        self._news = threading.Event()

    def __enter__(self) -> Self:
        """Show the first state, and begin to redraw it."""
        self._name = f"r1agent-{uuid.uuid4().hex}"
        self._opened = self._began = time.monotonic()
        self._left.clear()
        self._draw(self._now(), update=False)
        context = contextvars.copy_context()
        self._thread = threading.Thread(
            target=context.run, args=(self._redraw,), name="notebook-view", daemon=True
        )
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave the steps, folded, in the cell."""
        self._left.set()
        self._news.set()
        self._thread.join()
        self._draw(self._last(kind), update=True)

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Show what is being loaded beside the clock."""
        if self._loading is None or self._loading[0] != text:
            self._began = time.monotonic()
        self._loading = (text, fraction, detail)
        self._news.set()

    def event(self, event: Event) -> None:
        """Take in an event, and show it."""
        if event.name == "started" and self.timeline.run:
            self._past.append(self._ended())
            self.timeline = Timeline()
        if event.name == "started":
            self._asked = time.monotonic()
        before = (self.timeline.activity, self.timeline.since)
        self.timeline.apply(event)
        if self._loading or before != (self.timeline.activity, self.timeline.since):
            self._began = time.monotonic()
        self._loading = None
        self._news.set()

    def line(self, line: RenderableType) -> None:
        """Show a line that stays."""
        console = Console(width=100, color_system=None)
        with console.capture() as captured:
            console.print(line)
        self._past.append(code(captured.get()))
        self._news.set()

    def paused(self) -> AbstractContextManager[None]:
        """Stand aside: an input has a place of its own in a notebook."""
        return nullcontext()

    def _redraw(self) -> None:
        while not self._left.is_set():
            self._news.wait(_EVERY)
            self._news.clear()
            if not self._left.is_set():
                self._draw(self._now(), update=True)
                self._left.wait(_SHORTEST)

    def _now(self) -> Html:
        seconds = time.monotonic() - self._began
        if self._loading is not None:
            return loading_to_html(*self._loading, seconds)
        return running_to_html(self.timeline, seconds)

    def _last(self, kind: type[BaseException] | None) -> Html:
        if self.timeline.run:
            return self._ended()
        seconds = time.monotonic() - self._opened
        return lost_to_html("Ready" if kind is None else "Stopped", seconds)

    def _ended(self) -> Html:
        finished = self.timeline.finished
        seconds = self.timeline.now if finished else time.monotonic() - self._asked
        return run_to_html(self.timeline, seconds)

    def _draw(self, current: Html, *, update: bool) -> None:
        plain = self._loading[0] if self._loading else self.timeline.activity
        forms = {"text/html": joined([*self._past, current]), "text/plain": plain}
        self._publish(forms, self._name, update)
