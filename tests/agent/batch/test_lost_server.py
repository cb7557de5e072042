"""A failure counts once the server has answered something that was asked after it."""

from r1agent.batch import BatchItem, BatchResult
from r1agent.batch.lost_server import LostServer
from r1agent.errors import ModelServerError
from r1agent.models.failures import RequestRefusedError
from tests.agent.batch.answers import ANSWER


class Clock:
    now = 0.0

    def __call__(self):
        return self.now


def result(name, error=None, seconds=10.0):
    return BatchResult(BatchItem(name, "Why?"), None if error else ANSWER, seconds, error)


def lost(name):
    return result(name, ModelServerError("lost"))


def test_an_answer_that_was_begun_before_the_failure_settles_only_itself():
    clock = Clock()
    server = LostServer(clock=clock)
    clock.now = 20.0
    assert server.settled(lost("a")) == []
    clock.now = 25.0
    assert [one.item.id for one in server.settled(result("b"))] == ["b"]
    assert [one.item.id for one in server.held] == ["a"]


def test_an_answer_that_was_begun_after_the_failure_settles_it():
    clock = Clock()
    server = LostServer(clock=clock)
    server.settled(lost("a"))
    clock.now = 30.0
    assert [one.item.id for one in server.settled(result("b"))] == ["a", "b"]
    assert server.held == []


def test_three_in_a_row_are_a_lost_server():
    server = LostServer()
    for name in "ab":
        server.settled(lost(name))
    assert not server.is_lost
    server.settled(lost("c"))
    assert server.is_lost


def test_an_answer_between_them_begins_the_count_anew():
    server = LostServer()
    for one in (lost("a"), lost("b"), result("c"), lost("d"), lost("e")):
        server.settled(one)
    assert not server.is_lost


def test_a_request_that_the_server_refused_is_the_questions_own():
    server = LostServer()
    refused = result("a", RequestRefusedError("too long"))
    assert server.settled(refused) == [refused]
