"""Several replies to one request: each with its own end and thoughts, the cost told once."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatResult


def joined(results: Sequence[ChatResult]) -> ChatResult:
    """Return the choices of one reply, read one by one, as one result.

    LangChain reads them together, which gives every choice the finish reason of the last one and
    thoughts to the first one alone; and it tells the cost of the request with each of them.
    """
    first, *others = results
    for other in others:
        for generation in other.generations:
            if isinstance(generation.message, AIMessage):
                generation.message.usage_metadata = None
    generations = [generation for result in results for generation in result.generations]
    return ChatResult(generations=generations, llm_output=first.llm_output)
