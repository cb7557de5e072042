"""An OpenAI-compatible server that answers by what a prompt asks for, for whole commands."""

from __future__ import annotations

import itertools
import json
import re
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

PLAN = {
    "thoughts": "A program adds the numbers.",
    "steps": [
        {
            "goal": "Add the whole numbers from 1 to 100",
            "tool": "python",
            "done_when": "a sum is printed",
        }
    ],
}
MATHEMATICS = {
    "plan": json.dumps(PLAN),
    "program": "```python\nprint(100 * 101 // 2)\n```",
    "other program": "```python\nprint(sum(range(101)))\n```",
    "answer": "The sum is 5050.",
}
"""Replies to a question whose answer is 5050, by what a request asks for."""


@contextmanager
def scripted_server(
    replies: Mapping[str, str] = MATHEMATICS,
    *,
    delay: float = 0.0,
    status: int = 200,
    name: str = "scripted",
) -> Iterator[str]:
    """Serve `replies` on a free port; yield the base URL.

    Args:
        replies: For `plan`, `program`, `other program` (in turns) and `answer`.
        delay: Seconds before each reply.
        status: Anything but 200 is sent for every completion, with an empty object.
        name: Of the model that it lists.
    """

    programs = itertools.cycle(("program", "other program"))

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._send({"object": "list", "data": [{"id": name, "object": "model"}]})

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(delay)
            if status != 200:
                self._send({}, status)
                return
            wanted = _wanted(body)
            reply = replies[next(programs) if wanted == "program" else wanted]
            if body.get("stream"):
                self._stream(_completion(reply))
            else:
                self._send(_completion(reply))

        def _send(self, body: dict[str, Any], code: int = 200) -> None:
            payload = json.dumps(body).encode()
            self.send_response(code)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):  # Ctrl-C at the other end
                self.wfile.write(payload)

        def _stream(self, completion: dict[str, Any]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            with suppress(BrokenPipeError, ConnectionResetError):
                for chunk in _chunks(completion):
                    self.wfile.write(b"data: " + json.dumps(chunk).encode() + b"\n\n")
                self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _wanted(body: dict[str, Any]) -> str:
    if "steps" in json.dumps(body.get("response_format", {})):
        return "plan"
    prompt = body["messages"][-1]["content"]
    return "program" if re.search("Reply with [^.]*```python", prompt) else "answer"


def _completion(text: str) -> dict[str, Any]:
    message = {"role": "assistant", "content": text}
    return {
        "id": "1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": message}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15},
    }


def _chunks(completion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a completion as a server streams it: its message, its end, what it cost."""
    (choice,) = completion["choices"]
    head = completion | {"object": "chat.completion.chunk"}
    usage = head.pop("usage")
    for delta, finish in ((choice["message"], None), ({}, choice["finish_reason"])):
        yield head | {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}]}
    yield head | {"choices": [], "usage": usage}
