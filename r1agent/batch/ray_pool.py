"""Where questions are answered on many machines: the nodes of a Ray cluster."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from types import TracebackType
from typing import Self

from r1agent.batch.items import BatchItem, BatchResult
from r1agent.batch.pool import FixedWorkers, Workers
from r1agent.batch.ray_answerer import Make, item_to_json, result_from_json
from r1agent.batch.ray_crew import Answerer, RayCrew, Task
from r1agent.errors import ModelOutputError
from r1agent_indexes.cluster_connection import reason_of
from r1agent_indexes.errors import ClusterError

_LOSSES = 3
"""Answerers that may be lost over an item before it counts as failed."""
_TICK = 1.0


class LostItemError(ModelOutputError):
    """Every answerer that had the item was lost."""


class RayPool:
    """Ask assistants on the nodes of a Ray cluster; leave the block to stop them.

    Items go out and answers come back as plain JSON values. The items of a node that is lost are
    given to others, and a node that comes is used. An item that was lost twice is given to an
    answerer that has no other, so that one which kills its answerers takes no others along.

    Args:
        address: `auto` for the cluster of this machine, `HOST:PORT`, or `ray://HOST:PORT`.
        make: Makes an assistant; it is sent to the nodes and called there.
        workers: Questions in flight at once on all nodes together, or what decides that; None
            is one for each answerer.
        threads: Questions that one answerer has at most.
        each_node: Answerers on a node at most; by default one for each eight cores.
        refuses: Says why a node of that address cannot be used, nothing where it can.
        on_notice: Called when a node is lost or left out; by default a warning is logged.
    """

    def __init__(
        self,
        address: str,
        make: Make,
        *,
        workers: int | Workers | None = None,
        threads: int = 64,
        each_node: int | None = None,
        refuses: Callable[[str], str] = lambda _: "",
        on_notice: Callable[[str], None] | None = None,
    ) -> None:
        self._workers = FixedWorkers(workers) if isinstance(workers, int) else workers
        self._crew = RayCrew(
            address,
            make,
            threads=min(threads, workers) if isinstance(workers, int) else threads,
            each_node=each_node,
            refuses=refuses,
            on_notice=on_notice or logging.getLogger("r1agent").warning,
        )

    def __enter__(self) -> Self:
        """Connect to the cluster; answerers are started with the first question.

        Raises:
            ClusterError: It cannot be reached, or a node of it cannot be used.
        """
        self._crew.connect()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop the answerers, at once where an error is the reason."""
        if error is not None:
            self._crew.stop()
        self._crew.close()

    def results(self, items: Iterable[BatchItem]) -> Iterator[BatchResult]:
        """Yield a result for each item as it comes, in any order.

        Raises:
            ClusterError: No node is left that could answer.
        """
        workers = self._workers or _OneEach(self._crew)
        work = _Work(self._crew, workers, iter(items))
        try:
            with workers.watching():
                yield from work.results()
        except ConnectionError as error:
            raise ClusterError(
                f"The Ray cluster {self._crew.address!r} does not answer any more "
                f"({reason_of(error)}). What was answered is kept: see to the cluster and give the "
                "same command again, or leave out `--ray`."
            ) from error
        finally:
            if work.under_way:
                self._crew.stop()


class _OneEach:
    """As many questions at once as there are answerers, or places for them."""

    def __init__(self, crew: RayCrew) -> None:
        self._crew = crew

    @property
    def at_once(self) -> int:
        return max(1, self._crew.places)

    def finished(self, result: BatchResult) -> None:
        pass

    def watching(self) -> AbstractContextManager[None]:
        return nullcontext()


class _Work:
    """The items of one call, on their way to answerers and back."""

    def __init__(self, crew: RayCrew, workers: Workers, coming: Iterator[BatchItem]) -> None:
        self._crew = crew
        self._workers = workers
        self._coming = coming
        self._waiting: deque[Task] = deque()
        self.under_way = 0
        """Items that were taken and have no result yet."""

    def results(self) -> Iterator[BatchResult]:
        while True:
            for item in islice(self._coming, max(0, self._workers.at_once - self.under_way)):
                self._waiting.append(Task(item))
                self.under_way += 1
            if not self.under_way:
                return
            self._crew.tend(self.under_way)
            self._hand_out()
            for result in self._taken_in():
                self.under_way -= 1
                self._workers.finished(result)
                yield result

    def _hand_out(self) -> None:
        while self._waiting:
            task = self._waiting[0]
            alone = task.losses == _LOSSES - 1
            answerer = self._crew.free(alone=alone)
            if answerer is None:
                return
            self._waiting.popleft()
            answerer.asked[answerer.actor.answer.remote(item_to_json(task.item))] = task
            answerer.is_alone = alone

    def _taken_in(self) -> Iterator[BatchResult]:
        """Take in what one call brought: mostly a result, or the end of an answerer."""
        import ray
        from ray.exceptions import RayError, RayTaskError

        ended = self._crew.next_call(_TICK)
        if ended is None:
            return
        answerer, call = ended
        try:
            told = ray.get(call)
        except RayTaskError as error:  # what the code there raised, and nobody expected
            raise (error.cause or error) from error
        except RayError as error:
            yield from self._lost(answerer, reason_of(error))
            return
        if call not in answerer.asked:
            self._crew.came_up(answerer, told)
        elif problem := told.get("problem"):
            yield from self._lost(answerer, problem, for_good=True)
        else:
            self._crew.worked(answerer)
            answerer.is_alone = False
            yield result_from_json(answerer.asked.pop(call).item, told)

    def _lost(
        self, answerer: Answerer, reason: str, *, for_good: bool = False
    ) -> Iterator[BatchResult]:
        """Have others do what an answerer had; yield what it was the last to try."""
        self._crew.lose(answerer, reason, for_good=for_good)
        for task in answerer.asked.values():
            task.losses += 1
            if task.losses < _LOSSES:
                self._waiting.append(task)
                continue
            error = LostItemError(
                f"{_LOSSES} answerers of the cluster were lost over this question ({reason}). Ask "
                "it without `--ray` to see why."
            )
            yield BatchResult(task.item, None, 0.0, error)
