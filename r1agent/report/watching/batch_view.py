"""A batch while it runs: a line for each finished question, how fast it goes, and its sum."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from rich.console import RenderableType
from rich.text import Text

from r1agent.batch import BatchItem, BatchReport, BatchResult
from r1agent.batch.durations import in_words
from r1agent.batch.files import failures_path
from r1agent.batch.tally import Tally
from r1agent.report.hanging import Hanging
from r1agent.report.printable import one_line, shortened
from r1agent.report.references import OUTCOME_STYLES, OUTCOMES, total_cost
from r1agent.report.watching.job_view import JobView
from r1agent.report.watching.live import LiveView
from r1agent.report.watching.view import QuietView, RunView
from r1agent.words import counted

_EVERY = 15.0
"""Seconds between two lines about the progress, where there is no terminal to redraw it on."""
_LOOKED_AT_EVERY = 0.5
"""Seconds between two looks at whether such a line is due."""


class BatchView(JobView):
    """Show results of a batch through the view of a single run.

    Args:
        view: Where to show.
        total: Questions to ask.
        clock: In seconds.
    """

    def __init__(
        self, view: RunView, total: int, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        super().__init__(view)
        self._total = total
        self._clock = clock
        self._tally = Tally(clock=clock)
        self._asked = 0
        self._began = self._told_at = clock()
        self._over = threading.Event()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop showing."""
        self._over.set()
        super().__exit__(kind, error, trace)

    @property
    def done(self) -> int:
        """Questions that came back."""
        return self._tally.count

    @property
    def answered(self) -> str:
        """How many answers came, in words."""
        return counted(self.done - self._tally.outcomes["failed"], "answer")

    def begin(self) -> None:
        """Show that the first question is asked; the clock runs from now on."""
        self._tally = Tally(clock=self._clock)
        self._began = self._told_at = self._clock()
        self._view.loading(f"{self.done} of {self._total} done", self.done / max(self._total, 1))
        if not isinstance(self._view, LiveView | QuietView):
            threading.Thread(target=self._go_on_telling, name="batch-progress", daemon=True).start()

    def begun(self, item: BatchItem) -> None:
        """Count a question that is asked now."""
        self._asked += 1

    def result(self, result: BatchResult) -> None:
        """Show how a question ended, and how fast the batch goes."""
        self._tally.add(result)
        self._view.line(_line(result, f"{self.done}/{self._total}"))
        if isinstance(self._view, LiveView):
            asked, *rates = self._progress()
            pace = f"{self.done}/{self._total}, {asked.replace(' questions a minute', '/min')}"
            self._view.loading(pace, self.done / max(self._total, 1), ", ".join(rates))
            return
        self._tell_now_and_then()

    def _go_on_telling(self) -> None:
        """Say how far it is while no result comes, which can take minutes."""
        while not self._over.wait(_LOOKED_AT_EVERY):
            self._tell_now_and_then()

    def _tell_now_and_then(self) -> None:
        if self._clock() - self._told_at < _EVERY:
            return
        self._told_at = self._clock()
        under_way = self._asked - self.done
        asked = f", {under_way} under way" if under_way > 0 else ""
        spent = f", {self._told_at - self._began:.0f} s"
        more = f": {', '.join(self._progress())}" if self.done else spent
        self._view.line(Text(f"{self.done} of {self._total} done{asked}{more}", style="dim"))

    def _progress(self) -> list[str]:
        tally = self._tally
        left = tally.seconds_for(self._total - tally.count)
        rate = tally.support_rate
        return [
            f"{tally.questions_a_minute:.1f} questions a minute",
            f"{tally.tokens_a_second:,.0f} tokens/s",
            *([f"{in_words(left)} left"] if left else []),
            *([f"{rate:.0%} supported"] if rate is not None else []),
        ]


def batch_summary(report: BatchReport, out: Path) -> str:
    """Sum a batch up: outcomes, sentences that held, tokens by kind, and what was left."""
    counts = [
        f"{count} {OUTCOMES[name]}"
        for name, count in report.outcomes.items()
        if name != "failed" and (count or name == "answered")
    ]
    failed = [f"{report.failed} failed (see {str(failures_path(out))!r})"] if report.failed else []
    skipped = [f"{report.skipped} done before"] if report.skipped else []
    passed = [f"{report.failed_before} failed before"] if report.failed_before else []
    ended = ", ".join([*counts, *failed, *skipped, *passed])
    cost = total_cost(report.usage.values())
    lines = [
        f"{ended} in {report.seconds:.0f} s: {str(out)!r}",
        _supported(report),
        f"Tokens: {cost}" if cost else "",
        f"Pace: {_pace(report)}" if cost else "",
        stopped_line(report),
        "`--retry-failed` asks those again that failed." if failed or passed else "",
    ]
    return "\n".join(filter(None, lines))


def stopped_line(report: BatchReport) -> str:
    """Say that a budget ended the batch, and what is left; empty where none did."""
    if not report.ended_by:
        return ""
    is_one = report.left == 1
    left = f"{counted(report.left, 'question')} {'is' if is_one else 'are'} left"
    more = f"a larger budget asks {'it' if is_one else 'them'}"
    return f"Stopped early: {report.ended_by}. {left}; {more}."


def failed_before_line(count: int, out: Path) -> str:
    """Say that questions which failed are passed over, where they are listed, and what to do."""
    return (
        f"{counted(count, 'question')} failed before (see {str(failures_path(out))!r}); "
        "`--retry-failed` asks again."
    )


def _supported(report: BatchReport) -> str:
    rate = report.support_rate
    return "" if rate is None else f"Supported: {rate:.0%} of the sentences that were written"


def _pace(report: BatchReport) -> str:
    minute = 60 * (report.done + report.failed) / report.seconds if report.seconds else 0.0
    return f"{minute:.1f} questions a minute, {report.tokens_a_second:,.1f} tokens written a second"


def _line(result: BatchResult, place: str) -> RenderableType:
    outcome = result.answer.outcome if result.answer else "failed"
    body = Text(f"{shortened(result.item.id, 40)}  ")
    body.append(outcome, style=OUTCOME_STYLES[outcome])
    quotes = len(result.answer.citations) if result.answer else 0
    body.append(f"  {counted(quotes, 'quote')}, {result.seconds:.0f} s", style="dim")
    if result.reason:
        body.append(f"  {one_line(result.reason)}")
    return Hanging(f"{place} ", body, style="dim")
