"""Where questions are answered: in threads of this process."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol

from r1agent.batch.items import Asks, BatchItem, BatchResult
from r1agent.errors import ModelOutputError, ModelServerError
from r1agent.models.cancellation import Cancellation
from r1agent.models.terms import TERMS, Terms

Waiting = queue.SimpleQueue[BatchItem]
Ready = queue.SimpleQueue[BatchResult | BaseException]


class Pool(Protocol):
    """Whatever answers many questions at once."""

    def results(self, items: Sequence[BatchItem]) -> Iterator[BatchResult]:
        """Yield a result for each item as it comes, in any order.

        An iterator that is closed early stops the work that is under way.
        """
        ...


class ThreadPool:
    """Ask an assistant from threads of this process.

    Args:
        assistant: Asked from `workers` threads at once; one worker asks from the caller's thread.
        workers: Questions in flight at once.
    """

    def __init__(self, assistant: Asks, *, workers: int = 1) -> None:
        self.assistant = assistant
        self.workers = workers

    def results(self, items: Sequence[BatchItem]) -> Iterator[BatchResult]:
        """Yield a result for each item as it comes, in any order."""
        if self.workers == 1:
            return (answer_one(self.assistant, item) for item in items)
        return self._from_threads(items)

    def _from_threads(self, items: Sequence[BatchItem]) -> Iterator[BatchResult]:
        """Yield results as they come. Daemon threads, so that Ctrl-C need not wait for answers.

        What is under way when the caller stops, for whichever reason, is cut: no server goes on
        with a request that nobody waits for.
        """
        cancellation = Cancellation()
        waiting: Waiting = queue.SimpleQueue()
        ready: Ready = queue.SimpleQueue()
        for item in items:
            waiting.put(item)
        for _ in range(min(self.workers, len(items))):
            work = partial(_work, self.assistant, waiting, ready, cancellation)
            threading.Thread(target=work, daemon=True).start()
        try:
            for _ in items:
                result = ready.get()
                if isinstance(result, BaseException):
                    raise result
                yield result
        finally:
            cancellation.cancel()


def answer_one(assistant: Asks, item: BatchItem) -> BatchResult:
    """Answer one item; an error of the server or of the model's output becomes its result."""
    began = time.monotonic()
    try:
        answer = assistant.ask(item.question, tests=item.tests, within=item.within, plan=item.plan)
    except (ModelServerError, ModelOutputError) as error:
        return BatchResult(item, None, time.monotonic() - began, error)
    return BatchResult(item, answer, time.monotonic() - began)


def _work(assistant: Asks, waiting: Waiting, ready: Ready, cancellation: Cancellation) -> None:
    TERMS.set(Terms(cancellation=cancellation))
    while True:
        try:
            item = waiting.get_nowait()
        except queue.Empty:
            return
        try:
            ready.put(answer_one(assistant, item))
        except BaseException as error:  # noqa: BLE001 - raised again in the caller's thread
            ready.put(error)
            return
