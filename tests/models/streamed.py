"""Streams as chat servers send them, and servers that hang until the client has left."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from http.server import BaseHTTPRequestHandler

from tests.models.model_servers import body_of, send

ROLE = {"role": "assistant", "content": ""}


def event(delta: Mapping[str, object], finish: str | None = None) -> bytes:
    """Return one event of a stream."""
    choice = {"index": 0, "delta": delta, "finish_reason": finish}
    chunk = {
        "id": "1",
        "object": "chat.completion.chunk",
        "created": 0,
        "model": "m",
        "choices": [choice],
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()


def send_stream(
    request: BaseHTTPRequestHandler, deltas: Iterable[Mapping[str, object]], *, whole: bool = True
) -> None:
    """Read a request and stream the reply; one that is not whole breaks off after the deltas."""
    body_of(request)
    stream(request, deltas, whole=whole)


def stream(
    request: BaseHTTPRequestHandler, deltas: Iterable[Mapping[str, object]], *, whole: bool = True
) -> None:
    """Stream the reply to a request that was read."""
    request.send_response(200)
    request.send_header("Content-Type", "text/event-stream")
    if not whole:
        request.send_header("Content-Length", "1000000")  # otherwise the connection's end is its
    request.end_headers()
    for delta in deltas:
        request.wfile.write(event(delta))
    if whole:
        request.wfile.write(event({}, "stop") + b"data: [DONE]\n\n")
    request.close_connection = True


class Hanging:
    """Answers nothing, and notes when a client came and when it left."""

    def __init__(self, *, begins_stream: bool = False) -> None:
        self.came: list[float] = []
        self.left: list[float] = []
        self._begins_stream = begins_stream
        self._lock = threading.Lock()

    def __call__(self, request: BaseHTTPRequestHandler) -> None:
        """Take a chat request and wait until its connection is closed; know nothing else."""
        if not request.path.endswith("/chat/completions"):
            send(request, {}, status=404)
            return
        body_of(request)
        with self._lock:
            self.came.append(time.monotonic())
        if self._begins_stream:
            request.send_response(200)
            request.send_header("Content-Type", "text/event-stream")
            request.end_headers()
            request.wfile.write(event({"role": "assistant", "content": "Half"}))
            request.wfile.flush()
        request.connection.settimeout(20)
        try:
            request.rfile.read(1)  # returns once the client has hung up
        except OSError:
            return
        with self._lock:
            self.left.append(time.monotonic())

    def await_clients(self, count: int, seconds: float = 10.0) -> None:
        """Wait until so many clients came."""
        _await(lambda: len(self.came) >= count, seconds)

    def await_leaving(self, count: int, seconds: float = 10.0) -> None:
        """Wait until so many clients left."""
        _await(lambda: len(self.left) >= count, seconds)


def _await(holds: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.01)
