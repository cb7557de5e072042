"""When two calls of a tool ask for the same thing."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from langchain_core.tools import BaseTool
from pydantic import BaseModel, ValidationError

LOOKING = ("search_papers", "read_page")
"""Tools that change nothing: the same call gives the same result."""


def call_key(tool: BaseTool, arguments: Mapping[str, Any]) -> str:
    """Return a text that calls share which ask for the same thing.

    The order of arguments does not count, nor does a default that is spelled out, nor white space
    around a text; for a search, nor white space and capitals within it.
    """
    values = _complete(tool, arguments)
    plain = {name: _plain(tool, value) for name, value in values.items()}
    return json.dumps([tool.name, plain], sort_keys=True, default=str)


def _complete(tool: BaseTool, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
    schema = tool.tool_call_schema
    if not (isinstance(schema, type) and issubclass(schema, BaseModel)):
        return arguments
    try:
        return schema.model_validate(dict(arguments)).model_dump()
    except ValidationError:  # the tool will say so itself
        return arguments


def _plain(tool: BaseTool, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return " ".join(value.split()).casefold() if tool.name in LOOKING else value.strip()
