"""Answers in full, kept by id in a file beside what is made of them, so that work goes on."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from r1agent.batch.items import BatchError, BatchItem, BatchResult
from r1agent.batch.kept_lines import KeptLines
from r1agent.batch.lost_server import LostServer
from r1agent.batch.pool import Pool
from r1agent.errors import JournalError
from r1agent.journal import answer_from_json, answer_to_json
from r1agent.types import Answer

FORMAT = 1


class KeptAnswers:
    """Answers of one job by the ids of their items, in a JSONL file that is only appended to.

    The first line says what the job is; a file of another job is refused. A torn last line, as a
    kill leaves it, is passed over, and the next answer is written in its place.

    Args:
        path: The file; made by the first answer that is kept.
        job: Plain JSON values that make the job what it is, such as its kind and its papers.

    Raises:
        BatchError: The file is of another job, or cannot be read.
    """

    def __init__(self, path: Path, job: dict[str, Any]) -> None:
        self.path = path
        self.answers: dict[str, Answer] = {}
        self._lines = KeptLines(path, {"format": FORMAT, "job": job})
        self._read()

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Let no other process work on the same job meanwhile, and see what one did before.

        Raises:
            BatchError: Another one does.
        """
        try:
            with FileLock(self.path.with_name(f"{self.path.name}.lock"), timeout=0):
                self._read()
                yield
        except Timeout:
            raise BatchError(
                f"Another r1agent is at work on {str(self.path)!r}. Wait for it, or name another "
                "output file."
            ) from None

    def add(self, item: str, answer: Answer) -> None:
        """Keep an answer, also over the end of this process; call it within `locked`."""
        plain = answer_to_json(answer)
        self._lines.append({"id": item, "answer": plain})
        self.answers[item] = answer_from_json(plain)  # as the next call has it: no artifacts

    def drop(self, items: Collection[str], *, job: dict[str, Any] | None = None) -> None:
        """Forget answers, so that their items are asked again.

        Args:
            items: Their ids.
            job: What the job is from now on, where that has changed.
        """
        if job is not None:
            self._lines.head["job"] = job
        left = [(item, answer) for item, answer in self.answers.items() if item not in items]
        self._lines.replace({"id": item, "answer": answer_to_json(one)} for item, one in left)
        self._read()

    def _read(self) -> None:
        self.answers = {}
        try:
            lines = self._lines.read()
            if not lines:
                return
            found = {"format": lines[0]["format"], "job": lines[0]["job"]}
            self.answers = {one["id"]: answer_from_json(one["answer"]) for one in lines[1:]}
        except (ValueError, KeyError, TypeError, JournalError) as error:
            raise BatchError(
                f"{str(self.path)!r} is not what r1agent keeps of its work ({error}). Move it "
                "away, and the work begins anew."
            ) from None
        if found != self._lines.head:
            raise BatchError(
                f"{str(self.path)!r} holds the work on something else than what was asked for "
                "now. Name another output file, or remove that one to begin anew."
            )


def answer_items(
    pool: Pool,
    items: Sequence[BatchItem],
    kept: KeptAnswers,
    *,
    on_result: Callable[[BatchResult], None] | None = None,
) -> dict[str, Answer]:
    """Answer the items that `kept` does not answer yet, and return all answers by id.

    An item that ended in an error of the model is left out; the next call tries it again.

    Args:
        pool: What answers them.
        items: Their ids must differ.
        kept: Where answers are kept as they come.
        on_result: Called in this thread with each new result.

    Raises:
        ModelServerError: The server failed for three items in a row.
    """
    server = LostServer()
    for result in pool.results([item for item in items if item.id not in kept.answers]):
        if result.answer is not None:
            kept.add(result.item.id, result.answer)
        if on_result is not None:
            on_result(result)
        server.settled(result)
        if server.is_lost and result.error is not None:
            raise result.error
    return {item.id: kept.answers[item.id] for item in items if item.id in kept.answers}
