"""A model server that thinks before its plan, and notes when it had sent its answer."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from batch_model import MODEL, completion_of


class Sent:
    """What the server's last text was, and when its last byte was sent."""

    def __init__(self) -> None:
        self.text = ""
        self.at = 0.0
        """By `time.monotonic()`."""


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
            if '"steps"' in text:
                time.sleep(thinks)
            self._send(reply, 200)
            if not text.startswith("{"):
                sent.text, sent.at = text, time.monotonic()

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
