"""What tools gave back as plain JSON values, and back again; no pickle."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from langchain_core.documents import Document
from pydantic import TypeAdapter

from r1agent_tools import ExecutionResult, TestReport

LARGEST = 4_000_000
"""Characters that one recorded result may have."""

_KINDS: dict[str, TypeAdapter[Any]] = {
    "execution": TypeAdapter(ExecutionResult),
    "tests": TypeAdapter(TestReport),
    "passages": TypeAdapter(list[Document]),
}


def artifact_to_json(artifact: Any) -> dict[str, Any] | None:
    """Return an artifact as JSON values; None where it has no such form or is too large."""
    try:
        data = _written(artifact)
        fits = len(json.dumps(data)) <= LARGEST
    except (TypeError, ValueError):  # a tool of the user's may give anything
        return None
    return data if fits else None


def artifact_from_json(data: Mapping[str, Any]) -> Any:
    """Return the artifact that `artifact_to_json` wrote."""
    kind, value = data["kind"], data["value"]
    if kind == "value":
        return value
    if kind == "execution":
        files = [one | {"data": b64decode(one["data"])} for one in value["artifacts"]]
        value = value | {"artifacts": files}
    return _KINDS[kind].validate_python(value)


def _written(artifact: Any) -> dict[str, Any]:
    if isinstance(artifact, ExecutionResult):
        files = [
            {"name": one.name, "data": b64encode(one.data).decode(), "media_type": one.media_type}
            for one in artifact.artifacts
        ]
        value = _plain(replace(artifact, artifacts=())) | {"artifacts": files}
        return {"kind": "execution", "value": value}
    if isinstance(artifact, TestReport):
        return {"kind": "tests", "value": _plain(artifact)}
    if isinstance(artifact, list) and artifact and all(isinstance(d, Document) for d in artifact):
        return {"kind": "passages", "value": [document_to_json(doc) for doc in artifact]}
    return {"kind": "value", "value": artifact}


def document_to_json(document: Document) -> dict[str, Any]:
    """Return a passage as JSON values."""
    return {
        "id": document.id,
        "page_content": document.page_content,
        "metadata": document.metadata,
    }


def _plain(result: Any) -> dict[str, Any]:
    kind = "execution" if isinstance(result, ExecutionResult) else "tests"
    values: dict[str, Any] = _KINDS[kind].dump_python(result, mode="json")
    known = {field.name for field in fields(result)}
    return {name: value for name, value in values.items() if name in known}
