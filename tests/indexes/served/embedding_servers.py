"""A server of embeddings and of `/rerank` on this machine, with the faults that a test orders."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings

from tests.indexes.made_pdfs import HashEmbeddings
from tests.models.model_servers import body_of, http_server, send

KEY = "secret-of-the-embedding-server"
Fault = Callable[[BaseHTTPRequestHandler, dict[str, Any]], None]
"""Answers a request in its own way, given what the right answer is."""


@dataclass
class ModelServer:
    """Where it is, what it was asked, and what goes wrong with the next requests."""

    address: str = ""
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str | None] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    at_once: int = 0
    """The most requests that were under way together."""


@contextmanager
def model_server(
    *,
    model: Embeddings | None = None,
    names: tuple[str, ...] = ("hash-64",),
    key: str | None = None,
    unknown: tuple[str, ...] = (),
    delay: float = 0.0,
) -> Iterator[ModelServer]:
    """Serve a model as vLLM does.

    Args:
        model: Embeds; a passage's score is the cosine.
        names: What `/models` lists.
        key: Wanted of every request.
        unknown: Fields that are refused.
        delay: Seconds that every request takes.
    """
    server = ModelServer()
    embeddings = model or HashEmbeddings()
    lock, under_way = threading.Lock(), [0]

    def answer(request: BaseHTTPRequestHandler) -> None:
        with lock:
            under_way[0] += 1
            server.at_once = max(server.at_once, under_way[0])
        time.sleep(delay)
        with lock:
            under_way[0] -= 1  # before the answer, upon which the next request may come
        _answer(request)

    def _answer(request: BaseHTTPRequestHandler) -> None:
        server.keys.append(request.headers.get("Authorization"))
        body = body_of(request) if request.command == "POST" else {}
        if key and server.keys[-1] != f"Bearer {key}":
            send(request, {"error": f"Unauthorized: {server.keys[-1]}"}, status=401)
            return
        if request.path.endswith("/models"):
            send(request, {"data": [{"id": name} for name in names]})
            return
        server.bodies.append(body)
        refused = next((name for name in unknown if name in body), None)
        if refused:
            send(request, {"error": {"message": f"unknown field {refused}"}}, status=400)
        elif body.get("model", names[0]) not in names:
            message = f"The model `{body['model']}` does not exist."
            send(request, {"error": {"message": message}}, status=404)
        else:
            right = _right(request.path, body, embeddings)
            fault = server.faults.pop(0) if server.faults else _sent
            fault(request, right)

    with http_server(answer) as address:
        server.address = f"{address}/v1"
        yield server


def _right(path: str, body: dict[str, Any], model: Embeddings) -> dict[str, Any]:
    if path.endswith("/rerank"):
        return {"results": _ranked(body["query"], body["documents"], model)}
    packed = body.get("encoding_format") == "base64"
    rows = [np.array(vector, dtype="<f4") for vector in model.embed_documents(body["input"])]
    return {
        "data": [
            {"index": at, "embedding": _packed(row) if packed else row.tolist()}
            for at, row in enumerate(rows)
        ]
    }


def _ranked(query: str, texts: list[str], model: Embeddings) -> list[dict[str, Any]]:
    """Score by words in common, best first, as such servers answer."""
    wanted = set(re.findall(r"\w+", query.lower()))
    scores = [
        len(wanted & set(re.findall(r"\w+", text.lower()))) / (1 + len(wanted)) for text in texts
    ]
    rows = [{"index": at, "relevance_score": score} for at, score in enumerate(scores)]
    return sorted(rows, key=lambda row: -row["relevance_score"])


def _packed(row: Any) -> str:
    return base64.b64encode(row.tobytes()).decode()


def _sent(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    send(request, json.dumps(right))


def status(code: int, **headers: str) -> Fault:
    """Answer with a status and no JSON."""
    return lambda request, _: send(request, "busy", status=code, kind="text/plain", **headers)


def instead(body: Any) -> Fault:
    """Answer with other JSON; NaN is written as Python writes it."""
    return lambda request, _: send(request, json.dumps(body))


def reversed_rows(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Answer rightly, last row first."""
    send(request, json.dumps({name: rows[::-1] for name, rows in right.items()}))


def one_too_few(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Leave the last row out."""
    send(request, json.dumps({name: rows[:-1] for name, rows in right.items()}))


def closed(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Close the connection without a word."""
    request.close_connection = True


def cut(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Close the connection in the middle of the answer."""
    data = json.dumps(right).encode()
    request.send_response(200)
    request.send_header("Content-Length", str(len(data)))
    request.end_headers()
    request.wfile.write(data[: len(data) // 2])


def web_page(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Answer as a web server in its place would."""
    send(request, "<!DOCTYPE html><html>Welcome</html>", kind="text/html")


def dripping(request: BaseHTTPRequestHandler, right: dict[str, Any]) -> None:
    """Answer so slowly that it never ends, without ever falling silent."""
    request.send_response(200)
    request.end_headers()
    try:
        for _ in range(100):
            request.wfile.write(b" ")
            request.wfile.flush()
            time.sleep(0.02)
    except OSError:
        return
