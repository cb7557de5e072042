"""The whole loop over the example papers, one question and many at once, with a real server."""

from __future__ import annotations

import json
import threading
from collections import Counter

import pytest

from r1agent.batch import ThreadPool, run_batch
from r1agent.journal import answer_from_json, read_journal
from r1agent.models import chat_model
from tests.vllm.asking import assert_honest, assistant_of, questions
from tests.vllm.started import running

pytestmark = pytest.mark.vllm
AT_ONCE = 32


@pytest.fixture(scope="module")
def model(small):
    return chat_model(small.base_url, small.model_name, api_key=small.api_key)


def test_a_question_ends_honestly_and_its_quotes_are_verbatim(model, index, papers, tmp_path):
    answer = assistant_of(model, index, tmp_path).ask(questions(1)[0].question)
    assert_honest(answer, papers)
    assert sum(one.completion_tokens for one in answer.audit.usage.values()) > 0
    events = read_journal(tmp_path / f"{answer.run}.jsonl")
    assert answer_from_json(events[-1].data["answer"]).text == answer.text


def test_32_questions_at_once_are_each_answered_once(small, model, index, papers, tmp_path):
    items = questions(AT_ONCE)
    answers = {}
    peak = Peak(small.base_url)
    with peak:
        report = run_batch(
            ThreadPool(assistant_of(model, index), workers=AT_ONCE),
            items,
            tmp_path / "answers.jsonl",
            on_result=lambda result: answers.setdefault(result.item.id, result),
        )
    assert report.done + report.failed == AT_ONCE
    assert sorted(answers) == [item.id for item in items]
    assert not [result.error for result in answers.values() if result.error]
    for result in answers.values():
        assert_honest(result.answer, papers)
    lines = [
        json.loads(line)["id"]
        for file in tmp_path.glob("*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert Counter(lines) == Counter(item.id for item in items)
    assert peak.most > 1, "the server never had two questions at a time"


class Peak:
    """The most requests that the server computed at one moment, while the block lasts."""

    def __init__(self, base_url: str) -> None:
        self.most = 0.0
        self._base_url = base_url
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(0.2):
            self.most = max(self.most, running(self._base_url))
