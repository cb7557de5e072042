"""A job ends when its budget is spent, and goes on with a larger one."""

import pytest

from r1agent.batch import Budget, Spent, ThreadPool, run_batch
from r1agent.batch.budget import Spending
from tests.agent.batch.answers import Answers, costing, ids_of, lines_of, questions

ITEMS = questions(6)


class Costly(Answers):
    """Each answer costs 100 tokens."""

    def ask(self, question, *, tests=None, within="", plan=None):
        super().ask(question)
        return costing(100)


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


@pytest.fixture
def out(tmp_path):
    return tmp_path / "answers.jsonl"


def test_no_question_is_begun_once_the_tokens_are_spent(out):
    assistant = Costly()
    report = run_batch(ThreadPool(assistant), ITEMS, out, budget=Budget(tokens=250))
    assert len(assistant.asked) == 3
    assert (report.done, report.left) == (3, 3)
    assert report.ended_by == "the job's 250 tokens are spent (300 so far)"


def test_what_is_in_flight_is_answered(out):
    report = run_batch(ThreadPool(Costly(), workers=4), ITEMS, out, budget=Budget(tokens=100))
    assert report.done == 4
    assert len(ids_of(out)) == 4


def test_earlier_calls_count(out):
    run_batch(ThreadPool(Costly()), ITEMS, out, budget=Budget(tokens=250))
    report = run_batch(ThreadPool(Costly()), ITEMS, out, budget=Budget(tokens=250))
    assert (report.done, report.skipped, report.left) == (0, 3, 3)


def test_the_same_call_with_more_goes_on(out):
    run_batch(ThreadPool(Costly()), ITEMS, out, budget=Budget(tokens=250))
    report = run_batch(ThreadPool(Costly()), ITEMS, out, budget=Budget(tokens=10_000))
    assert (report.done, report.left, report.ended_by) == (3, 0, "")
    assert report.spent.tokens == 600
    assert lines_of(out)[-1]["job"]["tokens"] == 600


def test_the_seconds_of_all_calls_count():
    clock = Clock()
    spending = Spending(Budget(seconds=60), Spent(seconds=50), clock=clock)
    items = spending.affordable(ITEMS)
    next(items)
    clock.now = 11.0
    assert list(items) == []
    assert spending.ended_by == "the job's 60 s are spent (61 s so far)"


def test_a_budget_that_is_not_reached_says_nothing(out):
    report = run_batch(ThreadPool(Costly()), ITEMS, out, budget=Budget(tokens=600, seconds=60))
    assert (report.done, report.ended_by) == (6, "")


def test_the_lines_of_an_older_r1agent_cost_nothing():
    assert Spent.read({"id": "a"}) == Spent(0, 0.0)
