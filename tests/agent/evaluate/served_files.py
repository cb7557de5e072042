"""A server of files that can be slow, break off, refuse, or send other bytes; for the tests."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler

from r1agent.evaluate.datasets import DataFile, Dataset
from tests.models.model_servers import http_server


@dataclass
class Served:
    """Files by name, and how they are sent."""

    files: dict[str, bytes]
    address: str = ""
    cut_after: int | None = None
    """Bytes after which the next answer alone breaks off."""
    ranges: bool = True
    status: int = 200
    pause: float = 0.0
    """Seconds before each answer, and between two halves of it."""
    led_to: str = ""
    asked: list[str] = field(default_factory=list)
    """The `Range` of each request."""

    def dataset(self, **more: object) -> Dataset:
        """Return a data set of all files, with their checksums."""
        files = tuple(
            DataFile(
                f"{self.address}/{name}", name, hashlib.sha256(body).hexdigest(), len(body), **more
            )
            for name, body in self.files.items()
        )
        return Dataset("small", "Small", "math", "MIT", "https://example.org", ".", files)

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Send what is asked for, to those who still listen."""
        with suppress(ConnectionError):
            self._answer(request)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = request.headers.get("Range", "")
        self.asked.append(asked)
        time.sleep(self.pause)
        if self.led_to:
            request.send_response(302)
            request.send_header("Location", self.led_to)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        body = self.files.get(request.path.strip("/"))
        if self.status != 200 or body is None:
            request.send_response(404 if self.status == 200 else self.status)
            request.send_header("Content-Length", "0")
            request.end_headers()
            return
        begin = int(re.findall(r"\d+", asked)[0]) if asked and self.ranges else 0
        request.send_response(206 if begin else 200)
        request.send_header("Content-Length", str(len(body) - begin))
        request.end_headers()
        self._send(request, body[begin:])

    def _send(self, request: BaseHTTPRequestHandler, body: bytes) -> None:
        cut, self.cut_after = self.cut_after, None
        if cut is not None:
            request.wfile.write(body[:cut])
            request.close_connection = True
            return
        half = len(body) // 2
        request.wfile.write(body[:half])
        request.wfile.flush()
        time.sleep(self.pause)
        request.wfile.write(body[half:])


@contextmanager
def served(**files: bytes) -> Iterator[Served]:
    """Serve files on this machine."""
    state = Served(dict(files))
    with http_server(state.answer) as address:
        state.address = address
        yield state
