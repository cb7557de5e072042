"""Where questions are answered: in threads of this process, as many at once as suits the server."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from itertools import islice
from typing import Protocol

from r1agent.batch.items import Asks, BatchItem, BatchResult
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.models.cancellation import Cancellation
from r1agent.models.terms import TERMS, Terms

Waiting = queue.SimpleQueue[BatchItem | None]
Ready = queue.SimpleQueue[BatchResult | BaseException]


class Pool(Protocol):
    """Whatever answers many questions at once."""

    def results(self, items: Iterable[BatchItem]) -> Iterator[BatchResult]:
        """Yield a result for each item as it comes, in any order.

        Items are taken when there is room for them, not before: where they end early, as a job
        does whose budget is spent, what is under way is still answered. An iterator that is closed
        early stops that too.
        """
        ...


class Workers(Protocol):
    """How many questions are asked at once, which may change while they are."""

    @property
    def at_once(self) -> int:
        """Questions to have in flight now, at least 1."""
        ...

    def finished(self, result: BatchResult) -> None:
        """Learn from a result."""
        ...

    def watching(self) -> AbstractContextManager[None]:
        """Look at the model server while questions are asked."""
        ...


@dataclass(frozen=True, slots=True)
class FixedWorkers:
    """Always the same number of questions at once."""

    at_once: int

    def finished(self, result: BatchResult) -> None:
        """Learn nothing."""

    def watching(self) -> AbstractContextManager[None]:
        """Look at nothing."""
        return nullcontext()


class ThreadPool:
    """Ask an assistant from threads of this process.

    Args:
        assistant: Asked from several threads; where it is always one question at a time, from the
            caller's thread.
        workers: Questions in flight at once, or what decides that anew while they are asked.
    """

    def __init__(self, assistant: Asks, *, workers: int | Workers = 1) -> None:
        self.assistant = assistant
        self.workers: Workers = FixedWorkers(workers) if isinstance(workers, int) else workers

    def results(self, items: Iterable[BatchItem]) -> Iterator[BatchResult]:
        """Yield a result for each item as it comes, in any order."""
        if self.workers == FixedWorkers(1):
            return (answer_one(self.assistant, item) for item in items)
        return self._from_threads(items)

    def _from_threads(self, items: Iterable[BatchItem]) -> Iterator[BatchResult]:
        """Yield results as they come. Daemon threads, so that Ctrl-C need not wait for answers.

        What is under way when the caller stops, for whichever reason, is cut: no server goes on
        with a request that nobody waits for.
        """
        coming = iter(items)
        threads = _Threads(self.assistant)
        under_way = 0
        try:
            with self.workers.watching():
                while True:
                    for item in islice(coming, max(0, self.workers.at_once - under_way)):
                        under_way += 1
                        threads.begin(item, under_way)
                    if not under_way:
                        return
                    result = threads.next_result()
                    under_way -= 1
                    self.workers.finished(result)
                    yield result
        finally:
            threads.stop()


class _Threads:
    """Threads that ask one question after another; a thread's connections serve the next one."""

    def __init__(self, assistant: Asks) -> None:
        self._assistant = assistant
        self._waiting: Waiting = queue.SimpleQueue()
        self._ready: Ready = queue.SimpleQueue()
        self._cancellation = Cancellation()
        self._count = 0

    def begin(self, item: BatchItem, under_way: int) -> None:
        """Ask a question, in a new thread where as many as there are have one to answer."""
        self._waiting.put(item)
        if under_way > self._count:
            self._count += 1
            threading.Thread(target=self._work, name="r1agent-question", daemon=True).start()

    def next_result(self) -> BatchResult:
        """Wait for a result; raise here what a thread could not deal with."""
        result = self._ready.get()
        if isinstance(result, BaseException):
            raise result
        return result

    def stop(self) -> None:
        """Cut what is under way, and let the threads end."""
        self._cancellation.cancel()
        for _ in range(self._count):
            self._waiting.put(None)

    def _work(self) -> None:
        TERMS.set(Terms(cancellation=self._cancellation))
        while (item := self._waiting.get()) is not None and not self._cancellation.is_cancelled:
            try:
                self._ready.put(answer_one(self._assistant, item))
            except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
                self._ready.put(error)
                return


def answer_one(assistant: Asks, item: BatchItem) -> BatchResult:
    """Answer one item; an error of the server or of the model's output becomes its result."""
    began = time.monotonic()
    try:
        answer = assistant.ask(item.question, tests=item.tests, within=item.within, plan=item.plan)
    except (ModelServerError, ModelOutputError) as error:
        return BatchResult(item, None, time.monotonic() - began, error)
    return BatchResult(item, answer, time.monotonic() - began)
