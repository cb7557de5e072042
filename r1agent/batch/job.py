"""Many questions: answers appended to a JSONL file as they come; a stopped batch goes on."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import get_args

from filelock import FileLock, Timeout

from r1agent.batch.files import append_line, failures_path, finished_ids, require_folder
from r1agent.batch.items import BatchError, BatchItem, BatchResult
from r1agent.batch.pool import Pool
from r1agent.errors import ModelServerError
from r1agent.types import Answer, Outcome, Usage

_LOST_SERVER = 3
"""Questions in a row that must fail on the server before the batch stops."""


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


def run_batch(
    pool: Pool,
    items: Sequence[BatchItem],
    out: Path,
    *,
    resume: bool = True,
    on_result: Callable[[BatchResult], None] | None = None,
    export: Callable[[str, Answer], str] = lambda text, _: text,
) -> BatchReport:
    """Answer every item into `out`, one JSON line as each is done.

    Ctrl-C or a kill loses only what is in flight: the next call goes on after the lines that are
    there. Failures are listed in a file beside `out` that ends in `.failed.jsonl`, and are tried
    again by the next call.

    Args:
        pool: What answers them.
        items: Their ids must differ.
        out: JSONL of `id`, `question`, `answer`, `citations`, `abstained`, `audit` and more.
        resume: Skip the items that `out` answers already; otherwise `out` is begun anew.
        on_result: Called in this thread after each line is written.
        export: Makes of an answer's text what is written.

    Raises:
        BatchError: Two items share an id, or `out` is in use or holds something else.
        ModelServerError: The server failed for three questions in a row.
    """
    began = time.monotonic()
    _refuse_repeated_ids(items)
    with _locked(out):
        finished = finished_ids(out, items) if resume else _begun_anew(out)
        failures_path(out).unlink(missing_ok=True)
        waiting = [item for item in items if item.id not in finished]
        outcomes = dict.fromkeys(get_args(Outcome), 0)
        usage: dict[str, Usage] = {}
        lost = 0
        for result in pool.results(waiting):
            append_line(out, result.item, result.answer, result.reason, export)
            outcomes[result.answer.outcome if result.answer else "failed"] += 1
            _add(usage, result.answer)
            if on_result is not None:
                on_result(result)
            lost = lost + 1 if isinstance(result.error, ModelServerError) else 0
            if result.error is not None and lost >= _LOST_SERVER:
                raise result.error
    failed = outcomes["failed"]
    done = sum(outcomes.values()) - failed
    seconds = time.monotonic() - began
    return BatchReport(done, failed, len(items) - len(waiting), seconds, outcomes, usage)


def _add(usage: dict[str, Usage], answer: Answer | None) -> None:
    for role, used in (answer.audit.usage if answer else {}).items():
        usage[role] = usage.get(role, Usage()) + used


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


def _begun_anew(out: Path) -> frozenset[str]:
    out.unlink(missing_ok=True)
    return frozenset()
