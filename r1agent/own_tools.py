"""Tools of the user's own: any Python function with a docstring becomes one."""

from __future__ import annotations

import hashlib
import inspect
import json
from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from langchain_core.documents import Document
from langchain_core.tools import BaseTool, StructuredTool, ToolException

from r1agent.errors import ToolDefinitionError

OwnTool = BaseTool | Callable[..., object]
"""A LangChain tool, or a plain function with annotations and a docstring."""

_CHARACTERS = 8_000


def as_tool(given: OwnTool) -> BaseTool:
    """Return a tool whose failures go back to the model instead of ending the run.

    The docstring of a function tells the model what the tool is for; its `Args:` describe the
    arguments. What it returns is evidence: `Document`s can be quoted like passages of papers, and
    of anything else the numbers and words.

    Args:
        given: A tool is taken as it is but for failures that it does not handle itself.

    Raises:
        ToolDefinitionError: The function cannot be called by a model.
    """
    if isinstance(given, BaseTool):
        handlers = {"handle_tool_error": True, "handle_validation_error": str}
        unset = {name: to for name, to in handlers.items() if not getattr(given, name)}
        return given.model_copy(update=unset) if unset else given
    if not callable(given):
        raise ToolDefinitionError(
            f"A tool cannot be made of {given!r}; wanted a function with a docstring, or a "
            "LangChain tool. For an index: `search_papers_tool(index.as_retriever())`."
        )
    built = _from_function(given)
    built.handle_tool_error = True
    built.handle_validation_error = str  # the default hides which argument was wrong
    return built


def as_tools(given: Sequence[OwnTool]) -> tuple[BaseTool, ...]:
    """Return all as tools.

    Raises:
        ToolDefinitionError: Two have one name, or a function cannot be called by a model.
    """
    if isinstance(given, BaseTool | str) or callable(given):
        raise ToolDefinitionError("`tools` is one tool; wanted a list of them: `tools=[…]`.")
    tools = tuple(as_tool(one) for one in given)
    names = [tool.name for tool in tools]
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise ToolDefinitionError(f"Two tools are called {twice[0]!r}. Rename one of them.")
    return tools


def _from_function(function: Callable[..., object]) -> BaseTool:
    name = getattr(function, "__name__", repr(function))
    if inspect.iscoroutinefunction(function):
        raise ToolDefinitionError(f"The tool {name!r} is `async`. Give a plain function.")

    @wraps(function)
    def called(*args: Any, **kwargs: Any) -> tuple[str, list[Document] | None]:
        try:
            returned = function(*args, **kwargs)
        except Exception as error:  # foreign code: whatever it raises, the model may mend the call
            raise ToolException(f"{type(error).__name__}: {error}") from error
        return _evidence(name, returned)

    try:
        return StructuredTool.from_function(
            called,
            response_format="content_and_artifact",
            parse_docstring=True,
            error_on_invalid_docstring=False,
        )
    except (ValueError, TypeError) as error:
        problem = str(error).rstrip(".")
        raise ToolDefinitionError(
            f"The function {name!r} cannot be a tool: {problem}. Give it a docstring that says "
            "what it returns, and annotate its arguments."
        ) from None


def _evidence(name: str, returned: object) -> tuple[str, list[Document] | None]:
    """Return what the model is shown, and the artifact: passages where it gave `Document`s."""
    if isinstance(returned, list | tuple) and returned:
        found = [one for one in returned if isinstance(one, Document)]
        if len(found) == len(returned):
            passages = [_named(name, doc) for doc in found]
            return "\n\n".join(doc.page_content for doc in passages)[:_CHARACTERS], passages
    return _text(returned)[:_CHARACTERS], None


def _named(tool: str, doc: Document) -> Document:
    """Give a passage what a citation needs: an id and a title."""
    digest = hashlib.sha256(doc.page_content.encode()).hexdigest()[:6]
    about = {"title": tool, "page": 1} | doc.metadata
    return Document(doc.page_content, id=doc.id or f"{tool}:{digest}", metadata=about)


def _text(returned: object) -> str:
    if isinstance(returned, dict | list | tuple):
        return json.dumps(returned, ensure_ascii=False, default=str)
    return str(returned)
