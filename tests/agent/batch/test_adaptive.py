"""How many questions are asked at once, against servers that exist in a simulation only."""

import heapq

import httpx2
import openai
import pytest

from r1agent.assistant import ResearchAssistant
from r1agent.batch import BatchItem, BatchResult
from r1agent.batch.adaptive import AdaptiveWorkers, workers_for
from r1agent.batch.pool import FixedWorkers
from r1agent.batch.server_load import ServerLoad
from r1agent.errors import ModelServerError
from r1agent.models import chat_model
from r1agent.testing import ScriptedChatModel
from tests.agent.batch.answers import ANSWER, costing
from tests.models.model_servers import http_server, send

ITEM = BatchItem("a", "Why?")
REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1")
ROOM = ServerLoad(running=8, waiting=0, memory=0.3)
FLOODED = ServerLoad(running=8, waiting=20, memory=0.5)


class Server:
    """Writes the answers to `capacity` questions as fast as to one; more take longer."""

    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.now = 0.0

    def clock(self) -> float:
        return self.now

    def answer(self, workers: AdaptiveWorkers, questions: int) -> None:
        """Answer so many questions, as many at once as `workers` wants."""
        ends: list[float] = []
        while questions or ends:
            while questions and len(ends) < workers.at_once:
                slowness = max(1.0, (len(ends) + 1) / self.capacity)
                heapq.heappush(ends, self.now + 10.0 * slowness)
                questions -= 1
            self.now = heapq.heappop(ends)
            workers.finished(answered())


def answered(tokens: int = 50) -> BatchResult:
    return BatchResult(ITEM, costing(tokens), 1.0)


def refused(status: int) -> BatchResult:
    error = ModelServerError("is over its limit")
    response = httpx2.Response(status, request=REQUEST)
    error.__cause__ = openai.APIStatusError("no", response=response, body=None)
    return BatchResult(ITEM, None, 1.0, error)


def grown(most: int = 64) -> AdaptiveWorkers:
    """Return workers whose server bore all they may be."""
    server = Server(10 * most)
    workers = AdaptiveWorkers(most=most, clock=server.clock)
    server.answer(workers, 1000)
    assert workers.at_once == most
    return workers


def test_it_begins_with_a_few():
    assert AdaptiveWorkers().at_once == 8
    assert AdaptiveWorkers(most=3).at_once == 3


def test_it_grows_to_the_bound_where_the_server_bears_it():
    server = Server(1000)
    workers = AdaptiveWorkers(most=64, clock=server.clock)
    server.answer(workers, 150)
    assert workers.at_once == 64


@pytest.mark.parametrize("capacity", [12, 24, 40])
def test_it_stays_where_more_at_once_are_no_faster(capacity):
    server = Server(capacity)
    workers = AdaptiveWorkers(most=256, clock=server.clock)
    server.answer(workers, 2000)
    assert 0.9 * capacity <= workers.at_once <= 2 * capacity


def test_a_server_for_one_is_not_asked_much_more():
    server = Server(1)
    workers = AdaptiveWorkers(most=64, clock=server.clock)
    server.answer(workers, 500)
    assert workers.at_once <= 12


@pytest.mark.parametrize("status", [429, 503])
def test_a_refusal_halves_it(status):
    workers = grown()
    workers.finished(refused(status))
    assert workers.at_once == 32


@pytest.mark.parametrize("timeout", [httpx2.ReadTimeout("late"), openai.APITimeoutError(REQUEST)])
def test_a_request_that_took_too_long_halves_it(timeout):
    error = ModelServerError("did not answer in time")
    error.__cause__ = timeout
    workers = grown()
    workers.finished(BatchResult(ITEM, None, 600.0, error))
    assert workers.at_once == 32


def test_the_refusals_of_one_round_count_once():
    workers = grown()
    for _ in range(64):
        workers.finished(refused(429))
    assert workers.at_once == 32
    workers.finished(refused(429))
    assert workers.at_once == 16


def test_refusals_that_the_client_saw_count_too():
    workers = grown()
    workers.refused()
    assert workers.at_once == 32


def test_after_a_refusal_it_grows_by_one_a_round():
    server = Server(1000)
    workers = AdaptiveWorkers(most=64, clock=server.clock)
    server.answer(workers, 500)
    workers.finished(refused(429))
    server.answer(workers, 32 + 33 + 34)
    assert 33 <= workers.at_once <= 36
    server.answer(workers, 5000)
    assert workers.at_once == 64


def test_a_queue_that_stays_makes_it_shrink():
    workers = grown()
    for _ in range(2):
        workers.told(FLOODED)
    assert workers.at_once == 64
    workers.told(FLOODED)
    assert workers.at_once == 48


def test_a_queue_that_passes_is_nothing():
    workers = grown()
    for load in [FLOODED, FLOODED, ROOM] * 5:
        workers.told(load)
    assert workers.at_once == 64


@pytest.mark.parametrize(
    "load", [ServerLoad(running=8, waiting=3), ServerLoad(running=8, waiting=0, memory=0.93)]
)
def test_it_does_not_grow_while_the_server_has_no_room(load):
    server = Server(1000)
    workers = AdaptiveWorkers(clock=server.clock)
    workers.told(load)
    server.answer(workers, 80)
    assert workers.at_once == 8
    workers.told(ROOM)
    server.answer(workers, 8)
    assert workers.at_once == 16


def test_a_server_that_says_nothing_any_more_may_have_room():
    server = Server(1000)
    workers = AdaptiveWorkers(clock=server.clock)
    workers.told(FLOODED)
    workers.told(None)
    server.answer(workers, 10)
    assert workers.at_once == 16


def test_answers_from_the_cache_say_nothing_of_the_server():
    workers = AdaptiveWorkers(clock=lambda: 0.0)
    for _ in range(100):
        workers.finished(BatchResult(ITEM, ANSWER, 0.0))
    assert workers.at_once == 8


def test_it_is_never_less_than_one():
    workers = AdaptiveWorkers(first=2)
    for _ in range(20):
        workers.finished(refused(429))
    assert workers.at_once == 1


def test_a_failure_of_another_kind_does_not_shrink_it():
    workers = grown()
    workers.finished(BatchResult(ITEM, None, 1.0, ModelServerError("cannot be reached")))
    assert workers.at_once == 64


def test_slower_rounds_make_it_shrink():
    server = Server(1000)
    workers = AdaptiveWorkers(most=64, clock=server.clock)
    server.answer(workers, 400)
    assert workers.at_once == 64
    server.capacity = 4
    server.answer(workers, 300)
    assert workers.at_once < 64


def test_a_served_model_is_asked_as_many_at_once_as_its_client_allows():
    address = "http://127.0.0.1:9/v1,http://127.0.0.1:10/v1"
    model = chat_model(address, "m", max_concurrency=3)
    workers = workers_for(ResearchAssistant(model, []))
    assert isinstance(workers, AdaptiveWorkers)
    assert workers.at_once == 6


def test_a_server_that_tells_of_its_queue_gets_more_at_first():
    metrics = "vllm:num_requests_running 0\nvllm:num_requests_waiting {}\n"
    for waiting, first in ((0, 16), (50, 8)):
        told = metrics.format(waiting)
        with http_server(lambda request, told=told: send(request, told)) as address:
            model = chat_model(f"{address}/v1", "m")
            assert workers_for(ResearchAssistant(model, [])).at_once == first


def test_the_embedded_engine_is_asked_one_question_after_another():
    model = chat_model("http://127.0.0.1:9/v1", "m", cache_identity="embedded m.gguf 1 2")
    assert workers_for(ResearchAssistant(model, [])) == FixedWorkers(1)


def test_a_model_of_another_kind_is_asked_one_question_after_another():
    assistant = ResearchAssistant(ScriptedChatModel(replies=[]), [])
    assert workers_for(assistant) == FixedWorkers(1)
