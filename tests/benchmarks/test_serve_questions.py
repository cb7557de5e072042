"""Which requests belong to which question, and what their replies say they took."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
from langchain_core.messages import AIMessage
from serve_questions import LEAST, Recorded, is_chat, questions, used_by

from r1agent.models import chat_model

REPLY = {
    "id": "1",
    "object": "chat.completion",
    "created": 1,
    "model": "tiny",
    "choices": [
        {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yes."}}
    ],
    "usage": {
        "prompt_tokens": 120,
        "completion_tokens": 7,
        "total_tokens": 127,
        "prompt_tokens_details": {"cached_tokens": 96},
    },
}


def test_there_are_questions_for_every_place_in_flight_and_none_twice():
    asked = questions()
    assert len(asked) >= LEAST
    assert len({one.id for one in asked}) == len(asked)
    assert len({one.question for one in asked}) == len(asked)


@pytest.mark.parametrize("details", [{}, {"input_token_details": {}}])
def test_a_server_that_names_no_cached_tokens_found_none(details):
    usage = {"input_tokens": 5, "output_tokens": 1, "total_tokens": 6} | details
    found = used_by(AIMessage("Yes.", usage_metadata=usage))
    assert found == {"prompt": 5, "cached": 0, "completion": 1}


def test_a_reply_that_does_not_say_is_no_zero():
    with pytest.raises(ValueError, match=r"does not say what it took: 'Yes\.'"):
        used_by(AIMessage("Yes."))


@pytest.mark.parametrize(
    ("path", "chat"), [("/v1/chat/completions", True), ("/tokenize", False), ("/v1/models", False)]
)
def test_only_requests_for_replies_count(path, chat):
    assert is_chat(httpx2.Request("POST", f"http://127.0.0.1{path}")) is chat


@pytest.fixture
def model_server():
    """Give every chat request the same reply."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            self.rfile.read(int(self.headers["Content-Length"]))
            body = json.dumps(REPLY).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1"
    server.shutdown()
    server.server_close()
    thread.join()


class Asking:
    """An assistant that makes two requests for each question, in step with one beside it."""

    def __init__(self, base_url):
        self.model = chat_model(base_url, "tiny")
        self.together = threading.Barrier(2, timeout=10)

    def ask(self, question, *, tests=None, within="", plan=None):
        for number in (1, 2):
            self.together.wait()
            self.model.invoke(f"{question} {number} {tests}")


def test_requests_are_kept_by_question_also_of_questions_asked_at_once(model_server):
    used = []
    recorded = Recorded(Asking(model_server), lambda *reply: used.append(reply))
    threads = [
        threading.Thread(target=recorded.ask, args=(name,), kwargs={"tests": name.upper()})
        for name in ("a", "b")
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent = {
        question: [json.loads(body)["messages"][0]["content"] for body in bodies]
        for question, bodies in recorded.sent.items()
    }
    assert sent == {"a": ["a 1 A", "a 2 A"], "b": ["b 1 B", "b 2 B"]}
    took = {"prompt": 120, "cached": 96, "completion": 7}
    assert sorted(used, key=str) == [("a", took), ("a", took), ("b", took), ("b", took)]
