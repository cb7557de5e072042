import threading
import time

import pytest

from r1agent.batch import ThreadPool
from r1agent.models.terms import TERMS
from tests.agent.batch.answers import Answers, questions


class Changing:
    """As many workers at once as it is told, and what it learned."""

    def __init__(self, at_once):
        self.at_once = at_once
        self.seen = []
        self.is_watching = False

    def finished(self, result):
        self.seen.append(result.item.id)

    def watching(self):
        return self

    def __enter__(self):
        self.is_watching = True

    def __exit__(self, *error):
        self.is_watching = False


class Counting(Answers):
    """Counts how many questions are asked at once."""

    def __init__(self):
        super().__init__()
        self.at_once = 0
        self.most = 0
        self.threads = set()
        self.go_on = threading.Semaphore(0)

    def ask(self, question, *, tests=None, within="", plan=None):
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            self.threads.add(threading.get_ident())
        assert self.go_on.acquire(timeout=10)
        with self._lock:
            self.at_once -= 1
        return super().ask(question)

    def release_when(self, at_once, count):
        """Let so many questions be answered as soon as so many are asked at once."""

        def release():
            while self.at_once < at_once:
                time.sleep(0.001)
            self.go_on.release(count)

        threading.Thread(target=release, daemon=True).start()


def test_more_questions_are_asked_at_once_when_there_may_be_more():
    workers, assistant = Changing(1), Counting()
    results = ThreadPool(assistant, workers=workers).results(questions(6))
    assistant.go_on.release()
    next(results)
    assert assistant.most == 1
    workers.at_once = 4
    assistant.release_when(4, 5)
    assert len(list(results)) == 5
    assert assistant.most == 4


def test_fewer_are_asked_when_there_may_be_fewer():
    workers, assistant = Changing(4), Counting()
    results = ThreadPool(assistant, workers=workers).results(questions(12))
    assistant.go_on.release(4)
    next(results)
    workers.at_once = 1
    for _ in range(3):
        next(results)
    assistant.most = 0
    assistant.go_on.release(8)
    assert len(list(results)) == 8
    assert assistant.most == 1


def test_every_result_is_learned_from_while_the_server_is_watched():
    workers = Changing(2)
    results = ThreadPool(Answers(), workers=workers).results(questions(5))
    next(results)
    assert workers.is_watching
    list(results)
    assert not workers.is_watching
    assert sorted(workers.seen) == ["0", "1", "2", "3", "4"]


def test_threads_are_used_again():
    assistant = Counting()
    assistant.go_on.release(50)
    assert len(list(ThreadPool(assistant, workers=3).results(questions(50)))) == 50
    assert len(assistant.threads) <= 3


@pytest.mark.parametrize("workers", [1, 3])
def test_questions_are_taken_when_there_is_room_for_them(workers):
    taken = []

    def coming():
        for item in questions(10):
            taken.append(item.id)
            yield item

    results = ThreadPool(Answers(), workers=workers).results(coming())
    next(results)
    assert len(taken) == workers
    assert len(list(results)) == 9


def test_what_is_under_way_is_answered_where_the_questions_end_early():
    results = list(ThreadPool(Answers(), workers=4).results(iter(questions(3))))
    assert sorted(result.item.id for result in results) == ["0", "1", "2"]


def test_leaving_early_cuts_what_is_under_way():
    cut = []

    class Cancellable(Answers):
        def ask(self, question, *, tests=None, within="", plan=None):
            if question == "Question 0?":
                return super().ask(question)
            done = threading.Event()
            TERMS.get().cancellation.on_cancel(done.set)
            cut.append(done)
            assert done.wait(10)
            return super().ask(question)

    results = ThreadPool(Cancellable(), workers=3).results(questions(9))
    next(results)
    results.close()
    assert all(done.wait(10) for done in cut)
    assert len(cut) <= 3
