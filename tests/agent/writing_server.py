"""A model server that writes as many of its texts as a request asks for, in order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from typing import Any

from langchain_core.language_models import BaseChatModel

from r1agent.models import chat_model
from tests.models.model_servers import body_of, completion, http_server, send


@contextmanager
def writing_server(
    *texts: str, refuses: bool = False, name: str = "m-1b"
) -> Iterator[tuple[BaseChatModel, list[dict[str, Any]]]]:
    """Serve the texts; yield a model and the bodies of the requests that were answered.

    Args:
        texts: Written one after the other; the last one for ever.
        refuses: Whether requests for several texts are refused, as llama.cpp does.
        name: Name of the model.
    """
    asked: list[dict[str, Any]] = []
    left = list(texts)

    def next_text() -> str:
        return left.pop(0) if len(left) > 1 else left[0]

    def answer(request: BaseHTTPRequestHandler) -> None:
        if not request.path.endswith("/chat/completions"):
            send(request, {}, status=404)
            return
        body = body_of(request)
        count = body.get("n") or 1
        if refuses and count > 1:
            send(request, {"error": {"message": "Field 'n' is too large"}}, status=400)
            return
        asked.append(body)
        said: dict[str, Any] = completion("")
        said["choices"] = [
            {
                "index": place,
                "finish_reason": "stop",
                "message": {"role": "assistant", "content": next_text()},
            }
            for place in range(count)
        ]
        send(request, said)

    with http_server(answer) as address:
        yield chat_model(f"{address}/v1", name, max_retries=0), asked


def counts(asked: list[dict[str, Any]]) -> list[int]:
    """Return how many texts each request asked for."""
    return [body.get("n") or 1 for body in asked]
