"""The server is killed while it computes and comes back: nothing is lost, nothing is doubled."""

from __future__ import annotations

import json
import threading
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress

import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.batch import ThreadPool, run_batch
from r1agent.errors import ModelServerError
from r1agent.journal import read_journal
from r1agent.models import chat_model
from r1agent.types import Answer
from tests.vllm.asking import assert_honest, assistant_of, questions
from tests.vllm.started import wait_until_running

pytestmark = pytest.mark.vllm
ITEMS = questions(8)


class Killed:
    """One question and a batch of eight were under way when the server was killed."""

    def __init__(self, small, index, folder) -> None:
        self.runs = folder / "runs"
        self.out = folder / "answers.jsonl"
        model = chat_model(small.base_url, small.model_name, api_key=small.api_key)
        assistant = assistant_of(model, index, self.runs)
        batch = assistant_of(model, index)
        self._back = threading.Event()
        with ThreadPoolExecutor(2) as threads:
            answer = threads.submit(self._ask, assistant)
            done = threads.submit(self._batch, batch)
            wait_until_running(small.base_url, True)
            self.was_under_way = not answer.done() and not done.done()
            try:
                small.kill()
                small.start_again()
            finally:
                self._back.set()
            self.answer = _within_two_minutes(answer)
            _within_two_minutes(done)

    def _ask(self, assistant: ResearchAssistant) -> Answer:
        with suppress(ModelServerError):
            return assistant.ask(ITEMS[0].question)
        self._back.wait()
        return assistant.resume()

    def _batch(self, assistant: ResearchAssistant) -> None:
        """Answer all; as a user would, call again where the server was lost."""
        try:
            report = run_batch(ThreadPool(assistant, workers=4), ITEMS, self.out)
            lost = report.failed
        except ModelServerError:
            lost = len(ITEMS)
        if lost:
            self._back.wait()
            pool = ThreadPool(assistant, workers=4)
            run_batch(pool, ITEMS, self.out, retry_failed=True)


def _within_two_minutes(future: Future) -> Answer:
    return future.result(timeout=120)


@pytest.fixture(scope="module")
def killed(small, index, tmp_path_factory):
    return Killed(small, index, tmp_path_factory.mktemp("killed"))


def test_the_run_that_was_under_way_ends_honestly(killed, papers):
    assert killed.was_under_way
    assert_honest(killed.answer, papers)


def test_its_journal_holds_one_answer_and_no_search_twice(killed):
    (journal,) = killed.runs.glob("*.jsonl")
    names = Counter(event.name for event in read_journal(journal))
    assert names["answered"] == 1
    assert names["tool_called"] <= 1


def test_no_answer_of_the_batch_is_lost_or_doubled(killed):
    lines = [
        json.loads(line)["id"]
        for file in killed.out.parent.glob("answers*.jsonl")
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert Counter(lines) == Counter(item.id for item in ITEMS)
