import weakref
from dataclasses import fields

import pytest

from r1agent.batch import ThreadPool, run_batch
from r1agent.types import Answer
from tests.agent.batch.answers import ANSWER, Answers, ids_of, questions


class Watched(Answer):
    """An answer of which one can tell when it is gone."""


class Fresh(Answers):
    """Makes every answer anew, and knows which of them are alive."""

    def __init__(self):
        super().__init__()
        self.alive = set()

    def ask(self, question, *, tests=None, within="", plan=None):
        answer = Watched(**{field.name: getattr(ANSWER, field.name) for field in fields(Answer)})
        with self._lock:
            self.alive.add(question)
        weakref.finalize(answer, self.alive.discard, question)
        return answer


@pytest.mark.parametrize("workers", [1, 4])
def test_no_answer_is_kept(tmp_path, workers):
    assistant, alive = Fresh(), []
    out = tmp_path / "answers.jsonl"
    run_batch(
        ThreadPool(assistant, workers=workers),
        questions(300),
        out,
        on_result=lambda result: alive.append(len(assistant.alive)),
    )
    assert len(ids_of(out)) == 300
    assert max(alive) <= 2 * workers + 2
    assert len(assistant.alive) <= 1
