"""The view of a run in plain lines: for logs, pipes, `--plain` and `NO_COLOR`."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import Self

from rich.console import Console, RenderableType
from rich.text import Text

from r1agent.report.printable import shortened
from r1agent.report.watching.heartbeat import Heartbeat
from r1agent.report.watching.thoughts import thought_line
from r1agent.report.watching.timeline import WAITING, Timeline
from r1agent.report.watching.trace import (
    call_line,
    claim_line,
    evidence_lines,
    notice_line,
    question_line,
    step_line,
    verdict_lines,
)
from r1agent.report.watching.view import RunView, is_raised_too
from r1agent.types import Event
from r1agent.words import counted

_EVERY = 2.0


class LineView(RunView):
    """Print a line an event, and a dot a second while nothing happens."""

    def __init__(self, console: Console, *, with_question: bool = True) -> None:
        """Store the console, and whether to print the question that a run begins with."""
        self._with_question = with_question
        self.timeline = Timeline()
        self._beat = Heartbeat(console)
        self._loading = ""
        self._told = ""
        self._printed = 0.0

    def __enter__(self) -> Self:
        """Start the dots."""
        self._beat.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the dots."""
        self._beat.stop()

    def loading(self, text: str, fraction: float | None, detail: str = "") -> None:
        """Print what is being loaded once, and then how far it is, where known, every 2 seconds."""
        late = time.monotonic() - self._printed >= _EVERY
        has_news = late and (fraction is not None or detail)
        if text == self._loading and not has_news:
            return
        share = "" if fraction is None else f"{fraction:.0%}"
        line = " ".join(filter(None, [shortened(text, 160), share, detail]))
        if line == self._told:
            return
        self._loading, self._told, self._printed = text, line, time.monotonic()
        self._beat.print(Text(line))

    def event(self, event: Event) -> None:
        """Print what the event says; a thought is printed once it ended."""
        if event.name == "thinking" or is_raised_too(event):
            return
        timeline = self.timeline
        notices = len(timeline.notices)
        timeline.apply(event)
        self._beat.print(*self._lines(event), *map(notice_line, timeline.notices[notices:]))

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Print no dots meanwhile."""
        self._beat.stop()
        try:
            yield
        finally:
            self._beat.start()

    def line(self, line: RenderableType) -> None:
        """Print a line."""
        self._beat.print(line)

    def _lines(self, event: Event) -> list[RenderableType]:
        timeline = self.timeline
        match event.name:
            case "started":
                return [question_line(timeline)] if self._with_question else []
            case "planned" | "plan_revised":
                heading = "Plan" if event.name == "planned" else "The plan was changed"
                waiting = [step for step in timeline.steps if step.state == WAITING]
                return [Text(f"{heading}:"), *map(step_line, waiting)] if waiting else []
            case "step_started" if timeline.current and len(timeline.steps) > 1:
                return [step_line(timeline.current)]
            case "thought":
                return [thought_line(timeline.thoughts[-1])]
            case "tool_returned" if timeline.current:
                call = timeline.current.calls[-1]
                return [call_line(call), *evidence_lines(call)]
            case "step_verified":
                done = [step for step in timeline.steps if step.ended == timeline.now]
                return [line for step in done[-1:] for line in verdict_lines(step)]
            case "writing" if timeline.passages:
                again = f" again, draft {timeline.drafts}," if timeline.drafts > 1 else ""
                return [Text(f"Writing{again} from {counted(timeline.passages, 'passage')}")]
            case "claim_judged":
                return [claim_line(timeline.claims[-1])]
        return []
