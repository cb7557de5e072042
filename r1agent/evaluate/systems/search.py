"""The search of an assistant, used outside its loop: passages for a question, best first."""

from __future__ import annotations

import inspect

from langchain_core.documents import Document
from langchain_core.tools import BaseTool

from r1agent.assistant import ResearchAssistant
from r1agent.evaluate.errors import EvaluationError
from r1agent.paper_search import PaperSearch
from r1agent_indexes.errors import PaperNotFoundError
from r1agent_tools import search_papers_tool

_MOST = 20
"""Passages that the tool gives at once."""


def search_of(assistant: ResearchAssistant) -> BaseTool:
    """Return the tool that searches the papers.

    Raises:
        EvaluationError: The assistant has no papers.
    """
    found = [tool for tool in assistant.tools if tool.name == "search_papers"]
    if not found:
        raise EvaluationError(
            "The assistant has no papers to search. Index them, and name the index: "
            "r1agent index add papers/ --index indexes/NAME"
        )
    return found[0]


def find_passages(search: BaseTool, query: str, count: int) -> list[Document]:
    """Return up to `count` passages, best first, as the tool gives them."""
    found: list[Document] = []
    while len(found) < count:
        more = {"skip": len(found)} if found else {}
        call = {"query": query, "k": min(_MOST, count - len(found)), **more}
        request = {"name": search.name, "args": call, "id": "1", "type": "tool_call"}
        passages: list[Document] = search.invoke(request).artifact or []
        found += passages
        if not passages:
            break
    return found


def without_reranker(search: BaseTool) -> BaseTool:
    """Return the same search in the order of the index; itself where it has no reranker."""
    finds = _paper_search(search)
    if finds is None or finds.reranker is None:
        return search
    plain = PaperSearch(finds.index, finds.where)
    return search_papers_tool(plain, wrong_request=(PaperNotFoundError,))


def _paper_search(search: BaseTool) -> PaperSearch | None:
    """Return what the tool searches with, which only its function holds."""
    function = getattr(search, "func", None)
    held = inspect.getclosurevars(function).nonlocals if function is not None else {}
    found = held.get("find")
    return found if isinstance(found, PaperSearch) else None
