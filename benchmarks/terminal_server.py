"""A model server that thinks before its plan, and notes when it had sent thought and answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from batch_model import MODEL, completion_of

THOUGHT = "Which students of a smoothed teacher were compared at this temperature?"


class Sent:
    """What the server's last text was, and when its last byte was sent."""

    def __init__(self) -> None:
        self.text = ""
        self.at = 0.0
        """By `time.monotonic()`."""
        self.thought_at = 0.0
        """When the first piece of its thought was sent."""


@contextmanager
def noting_server(sent: Sent, *, thinks: float = 0.0) -> Iterator[str]:
    """Yield the address of a server that runs while the block does.

    Args:
        sent: Is told of each reply that is no JSON.
        thinks: Seconds before a plan.
    """
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(sent, thinks))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _handler(sent: Sent, thinks: float) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            """Say which model is served."""
            found = self.path.endswith("/models")
            listed = {"object": "list", "data": [{"id": MODEL, "object": "model"}]}
            self._send(listed if found else {}, 200 if found else 404)

        def do_POST(self) -> None:
            """Answer a chat request."""
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            reply = completion_of(request)
            text = str(reply["choices"][0]["message"]["content"])
            thinking = thinks if '"steps"' in text else 0.0
            if request.get("stream"):
                self._stream(reply, text, thinking)
            else:
                time.sleep(thinking)
                self._send(reply, 200)
            if not text.startswith("{"):
                sent.text, sent.at = text, time.monotonic()

        def _stream(self, reply: Mapping[str, Any], text: str, thinking: float) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.end_headers()
            for word in THOUGHT.split() if thinking else ():
                self._event(reply, {"reasoning": f"{word} "}, None)
                sent.thought_at = sent.thought_at or time.monotonic()
                time.sleep(thinking / len(THOUGHT.split()))
            self._event(reply, {"content": text}, None)
            self._event(reply, {}, "stop", usage=reply["usage"])
            self.wfile.write(b"data: [DONE]\n\n")
            self.close_connection = True

        def _event(
            self, reply: Mapping[str, Any], delta: Mapping[str, str], end: str | None, **more: Any
        ) -> None:
            choice = {"index": 0, "delta": delta, "finish_reason": end}
            chunk = reply | {"object": "chat.completion.chunk", "choices": [choice]} | more
            told = {name: value for name, value in chunk.items() if name != "usage" or more}
            self.wfile.write(b"data: " + json.dumps(told).encode() + b"\n\n")

        def _send(self, body: Mapping[str, Any], status: int) -> None:
            payload = json.dumps(body).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(payload)))
            with suppress(BrokenPipeError, ConnectionResetError):
                self.end_headers()
                self.wfile.write(payload)

        def log_message(self, format: str, *args: object) -> None:
            pass

    return Handler
