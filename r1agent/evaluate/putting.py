"""Puts examples to a system, several at once, and keeps what comes of each."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from r1agent.batch.items import BatchItem, BatchResult
from r1agent.batch.lost_server import LostServer
from r1agent.batch.pool import ThreadPool, Workers
from r1agent.errors import ModelOutputError
from r1agent.evaluate.evaluation import Row
from r1agent.evaluate.kept_outputs import KeptOutputs, Place
from r1agent.evaluate.progress import Watch
from r1agent.evaluate.task import Example, Output, System, Task
from r1agent.models.failures import RequestRefusedError
from r1agent.types import Answer, Audit, Plan, Trajectory, Usage

_PASSES = 2
"""How often an example is asked on which the server fails."""

Asked = Mapping[Place, Example]
"""What is put to a system: every example, as many times as it is wanted."""


def put_examples(
    system: System,
    task: Task,
    asked: Asked,
    kept: KeptOutputs,
    *,
    workers: int | Workers,
    watch: Watch,
    before_each: Callable[[], None],
) -> list[Row]:
    """Have a system answer what it has not answered yet; return a row for each example, in order.

    An example on which the server fails is asked again after the others. Where that fails too its
    row says so, and is not kept: the next evaluation asks it again.

    Args:
        system: What answers.
        task: Scores what it says.
        asked: The examples.
        kept: Where outputs are kept as they come.
        workers: Examples at once, or what decides that while they are asked.
        watch: Hears of each row.
        before_each: Called before an example is put to the system, outside of its seconds.

    Raises:
        ModelServerError: The server failed for three examples in a row.
    """
    before = [kept.rows[place] for place in asked if place in kept.rows]
    watch.begin(_called(system), before, len(asked))
    server = LostServer()
    failed: dict[Place, Row] = {}
    for _ in range(_PASSES):
        left = {place: one for place, one in asked.items() if place not in kept.rows}
        if left:
            failed = _pass(_Put(system, task, left, before_each), server, kept, workers, watch)
    for row in failed.values():
        watch.row(row)
    watch.end()
    return [kept.rows.get(place) or failed[place] for place in asked]


def _pass(
    put: _Put, server: LostServer, kept: KeptOutputs, workers: int | Workers, watch: Watch
) -> dict[Place, Row]:
    """Ask each example once; return the rows of those on which the server failed."""
    failed: dict[Place, Row] = {}
    for result in ThreadPool(put, workers=workers).results(put.items):
        place = put.place(result)
        server.settled(result)
        if server.is_lost and result.error is not None:
            raise result.error
        if result.error is not None:
            failed[place] = put.unanswered(place, result.seconds)
            continue
        said = put.said.pop(place)
        kept.add(said.row, said.output)
        watch.row(said.row)
    return failed


@dataclass(frozen=True, slots=True)
class _Said:
    row: Row
    output: Output


class _Put:
    """A system as a pool asks it: each example is a question, called by its place.

    Scores are made where the answer is, so that slow ones are made at once too.
    """

    def __init__(
        self, system: System, task: Task, asked: Asked, before_each: Callable[[], None]
    ) -> None:
        self.said: dict[Place, _Said] = {}
        self._system = system
        self._task = task
        self._asked = asked
        self._before_each = before_each
        self._places = {f"{time} {example}": (example, time) for example, time in asked}

    @property
    def items(self) -> Sequence[BatchItem]:
        """The examples as a pool takes them."""
        return [BatchItem(name, name) for name in self._places]

    def place(self, result: BatchResult) -> Place:
        """Return which example a result is of."""
        return self._places[result.item.id]

    def ask(
        self, question: str, *, tests: str | None = None, within: str = "", plan: Plan | None = None
    ) -> Answer:
        """Put an example to the system; the answer tells the pool what it cost."""
        place = self._places[question]
        self._before_each()
        began = time.monotonic()
        try:
            output = self._system(self._asked[place])
        except (ModelOutputError, RequestRefusedError) as error:
            output = Output({"error": str(error)}, "failed")
        self.said[place] = _Said(self._row(place, output, time.monotonic() - began), output)
        return _answer(question, output.usage)

    def unanswered(self, place: Place, seconds: float) -> Row:
        """Return the row of an example on which the server failed."""
        return self._row(place, Output({}, "failed"), seconds)

    def _row(self, place: Place, output: Output, seconds: float) -> Row:
        example = self._asked[place]
        measures = dict(self._task.score(example, output))
        return Row(
            example.id, example.kind, output.outcome, measures, output.usage, seconds, place[1]
        )


def _answer(question: str, usage: Usage) -> Answer:
    audit = Audit(0.0, "none", usage={"system": usage})
    return Answer("", question, "answered", (), Plan(()), Trajectory(), audit)


def _called(system: System) -> str:
    return f"{system.name} · {system.model}" if system.model else system.name
