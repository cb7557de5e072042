"""A whole batch against a server over HTTP, with as many questions at once as it bears."""

import json
import threading
import time

from r1agent.assistant import ResearchAssistant
from r1agent.batch import run_batch
from r1agent.batch.opening import pool_for
from r1agent.models import chat_model
from tests.agent.batch.answers import costing, ids_of, questions
from tests.models.model_servers import http_server, send

METRICS = "vllm:num_requests_running 4\nvllm:num_requests_waiting 0\n"


class Asking(ResearchAssistant):
    """Asks the model the question itself."""

    def ask(self, question, **options):
        self.model.invoke(question)
        return costing(50)


class Busy:
    """A server that counts the requests it has at once.

    Args:
        wanted: It answers nothing before it has so many.
    """

    def __init__(self, wanted):
        self.wanted = wanted
        self.has_them = threading.Event()
        self.at_once = 0
        self.most = 0
        self._lock = threading.Lock()

    def __call__(self, request):
        if request.command == "GET":
            send(request, METRICS, kind="text/plain")
            return
        with self._lock:
            self.at_once += 1
            self.most = max(self.most, self.at_once)
            if self.at_once >= self.wanted:
                self.has_them.set()
        assert self.has_them.wait(10)
        time.sleep(0.005)
        with self._lock:
            self.at_once -= 1
        message = {"role": "assistant", "content": "Yes."}
        choice = {"index": 0, "finish_reason": "stop", "message": message}
        body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m"}
        send(request, json.dumps(body | {"choices": [choice]}))


def test_a_server_is_asked_as_much_at_once_as_its_client_allows(tmp_path):
    server = Busy(12)
    with http_server(server) as address:
        assistant = Asking(chat_model(f"{address}/v1", "m", max_concurrency=12), [])
        with pool_for(assistant) as pool:
            run_batch(pool, questions(60), tmp_path / "out.jsonl")
    assert len(ids_of(tmp_path / "out.jsonl")) == 60
    assert server.most == 12


def test_a_fixed_number_is_kept(tmp_path):
    server = Busy(3)
    with http_server(server) as address:
        assistant = Asking(chat_model(f"{address}/v1", "m"), [])
        with pool_for(assistant, workers=3) as pool:
            run_batch(pool, questions(12), tmp_path / "out.jsonl")
    assert server.most == 3
