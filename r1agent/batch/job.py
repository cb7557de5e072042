"""Many questions: answers appended to a JSONL file as they come; a stopped batch goes on."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock, Timeout

from r1agent.batch.budget import NOTHING, Budget, Spending, Spent
from r1agent.batch.files import (
    Todo,
    append,
    cut_torn_lines,
    failures_path,
    read_before,
    remove_files,
    require_folder,
    tidy_failures,
)
from r1agent.batch.items import BatchError, BatchItem, BatchResult
from r1agent.batch.lost_server import LostServer
from r1agent.batch.pool import Pool
from r1agent.batch.tally import Tally
from r1agent.batch.written import Export, as_is, failure, success
from r1agent.types import Usage


@dataclass(frozen=True, slots=True)
class BatchReport:
    """How a batch ended."""

    done: int
    failed: int
    skipped: int
    """Questions that an earlier batch had answered into the same file."""
    seconds: float
    outcomes: dict[str, int]
    """How often each outcome came; `failed` counts errors too."""
    usage: dict[str, Usage] = field(default_factory=dict)
    """What the answers cost, by role; questions that ended with an error do not tell."""
    failed_before: int = 0
    """Questions that had failed in an earlier batch, and were not asked again."""
    left: int = 0
    """Questions that were not begun because the budget was spent."""
    ended_by: str = ""
    """Which budget that was, in words; empty where every question was asked."""
    support_rate: float | None = None
    """Sentences that passed the gate of all that were written, 0 to 1; None: none was."""
    tokens_a_second: float = 0.0
    """Tokens that the model wrote, a second."""
    spent: Spent = NOTHING
    """By the whole job, earlier batches included."""


def run_batch(
    pool: Pool,
    items: Sequence[BatchItem],
    out: Path,
    *,
    resume: bool = True,
    retry_failed: bool = False,
    budget: Budget = Budget(),  # noqa: B008 - it is frozen
    on_begin: Callable[[BatchItem], None] | None = None,
    on_result: Callable[[BatchResult], None] | None = None,
    export: Export = as_is,
) -> BatchReport:
    """Answer every item into `out`, one JSON line as each is done.

    Ctrl-C or a kill loses only what is in flight: the next call goes on after the lines that are
    there. Failures are listed in a file beside `out` that ends in `.failed.jsonl`. No answer is
    kept in memory.

    Args:
        pool: What answers them.
        items: Their ids must differ.
        out: JSONL of `id`, `question`, `answer`, `citations`, `claims`, `audit` and more.
        resume: Skip the items that `out` answers already; otherwise `out` is begun anew.
        retry_failed: Ask the items again that failed in an earlier call, which are skipped
            otherwise.
        budget: What the job may use, earlier calls included. Once it is spent no item is begun,
            and those in flight are answered.
        on_begin: Called in this thread before each question is asked.
        on_result: Called in this thread after each line is written.
        export: Makes of an answer's text what is written.

    Raises:
        BatchError: Two items share an id, or `out` is in use or holds something else.
        ModelServerError: The server failed for three questions in a row. They do not count as
            failures: the next call asks them again.
    """
    _refuse_repeated_ids(items)
    with _locked(out):
        if not resume:
            remove_files(out)
        before = read_before(out, items)
        cut_torn_lines(out)
        tidy_failures(out, before.finished)
        todo = before.todo(items, retry_failed=retry_failed)
        work = _Work(out, export, Spending(budget, before.spent), on_result)
        coming = _told(work.spending.affordable(todo.items), on_begin)
        with closing(_results(pool, coming)) as results:
            work.take(results)
        tidy_failures(out, work.answered)
    return _report(work.tally, work.spending, todo)


def _results(pool: Pool, items: Iterable[BatchItem]) -> Generator[BatchResult, None, None]:
    """Yield the results of a pool, whose work stops when this is closed."""
    yield from pool.results(items)


def _told(
    items: Iterable[BatchItem], on_begin: Callable[[BatchItem], None] | None
) -> Iterator[BatchItem]:
    """Yield the items, each told when a pool takes it."""
    for item in items:
        if on_begin is not None:
            on_begin(item)
        yield item


def nothing_done(todo: Todo, spending: Spending) -> BatchReport:
    """Return the report of a batch that asks nothing, because of its budget or for want of it."""
    return _report(Tally(), spending, todo)


class _Work:
    """Writes results down as they come, and counts them."""

    def __init__(
        self,
        out: Path,
        export: Export,
        spending: Spending,
        on_result: Callable[[BatchResult], None] | None,
    ) -> None:
        self.tally = Tally()
        self.spending = spending
        self.answered: set[str] = set()
        self._out = out
        self._export = export
        self._on_result = on_result
        self._server = LostServer()

    def take(self, results: Iterator[BatchResult]) -> None:
        """Write every result, and at the end those that were kept back for the server's sake."""
        for result in results:
            self.spending.count(result)
            self.tally.add(result)
            for settled in self._server.settled(result):
                self._write(settled)
            if self._on_result is not None:
                self._on_result(result)
            if self._server.is_lost and result.error is not None:
                raise result.error
        for held in self._server.held:
            self._write(held)

    def _write(self, result: BatchResult) -> None:
        spent = self.spending.spent
        if result.answer is None or not result.ok:
            append(failures_path(self._out), failure(result, spent))
            return
        append(self._out, success(result.item, result.answer, self._export, spent))
        self.answered.add(result.item.id)


def _report(tally: Tally, spending: Spending, todo: Todo) -> BatchReport:
    failed, left = tally.outcomes["failed"], len(todo.items) - tally.count
    return BatchReport(
        tally.count - failed,
        failed,
        todo.answered,
        tally.seconds,
        tally.outcomes,
        tally.usage,
        failed_before=todo.failed,
        left=left,
        ended_by=spending.ended_by if left else "",
        support_rate=tally.support_rate,
        tokens_a_second=tally.tokens_a_second,
        spent=spending.spent,
    )


def _refuse_repeated_ids(items: Iterable[BatchItem]) -> None:
    seen: set[str] = set()
    for item in items:
        if item.id in seen:
            raise BatchError(
                f"Two questions have the id {item.id!r}; an answer could not be told from the "
                "other. Give each its own id, or leave out the repeated question."
            )
        seen.add(item.id)


@contextmanager
def _locked(out: Path) -> Iterator[None]:
    require_folder(out)
    try:
        with FileLock(out.with_name(f".{out.name}.lock"), timeout=0):
            yield
    except Timeout:
        raise BatchError(
            f"Another batch is writing to {str(out)!r}. Wait for it, or name another file."
        ) from None
