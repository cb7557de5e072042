"""What runs on a node of a Ray cluster: one assistant, which several threads ask."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import httpx2
from pydantic import TypeAdapter

from r1agent.batch.items import Asks, BatchItem, BatchResult
from r1agent.batch.pool import answer_one
from r1agent.errors import ModelOutputError, ModelServerError, R1AgentError
from r1agent.journal import answer_from_json, answer_to_json
from r1agent.models.failures import RequestRefusedError
from r1agent_indexes import PaperIndexError
from r1agent_tools import SandboxUnavailableError

Make = Callable[[], Asks]
"""Makes, on a node, what answers there; anything that has a `close` is closed at the end."""

_ITEM = TypeAdapter(BatchItem)
_USER_ERRORS = (R1AgentError, PaperIndexError, SandboxUnavailableError)


class RayAnswerer:
    """Hold one assistant, and with it one reader of the index.

    Args:
        make: Called on the node, by `load`.
    """

    def __init__(self, make: Make) -> None:
        self._make = make
        self._assistant: Asks | None = None

    def version(self) -> str:
        """Return the version of r1agent on this node."""
        return version("r1agent")

    def load(self) -> str:
        """Make the assistant; return why this node cannot have it, nothing where it has."""
        try:
            self._assistant = self._make()
        except (*_USER_ERRORS, ImportError) as error:
            return str(error)
        return ""

    def answer(self, item: dict[str, Any]) -> dict[str, Any]:
        """Answer a question; `result_from_json` reads what is returned.

        What keeps this node from answering, such as a full disk, comes back as its `problem`.
        """
        if self._assistant is None:
            raise RuntimeError("`load` comes first")
        try:
            result = answer_one(self._assistant, _ITEM.validate_python(item))
        except _USER_ERRORS as error:
            return {"problem": str(error)}
        return _result_to_json(result)

    def close(self) -> None:
        """Stop what the assistant has started."""
        close = getattr(self._assistant, "close", None)
        if close is not None:
            close()


def item_to_json(item: BatchItem) -> dict[str, Any]:
    """Return an item as plain JSON values."""
    data: dict[str, Any] = _ITEM.dump_python(item, mode="json")
    return data


def result_from_json(item: BatchItem, data: dict[str, Any]) -> BatchResult:
    """Return what became of an item, as `RayAnswerer.answer` told it."""
    answer = answer_from_json(data["answer"]) if data["answer"] else None
    error = _error(**data["error"]) if data["error"] else None
    if error is not None and data["is_overload"]:
        error.__cause__ = httpx2.TimeoutException("the server had too much to do")
    return BatchResult(item, answer, data["seconds"], error)


def _result_to_json(result: BatchResult) -> dict[str, Any]:
    error = result.error
    return {
        "answer": result.answer and answer_to_json(result.answer),
        "seconds": result.seconds,
        "error": error and {"kind": type(error).__name__, "text": str(error)},
        "is_overload": result.is_overload,
    }


def _error(kind: str, text: str) -> ModelServerError | ModelOutputError:
    known = {one.__name__: one for one in (ModelOutputError, RequestRefusedError)}
    return known.get(kind, ModelServerError)(text)
