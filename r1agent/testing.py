"""Stand-ins for examples and tests: a chat model that follows a script, embeddings by hashing."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.embeddings import Embeddings
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pydantic import Field

from r1agent.words import content_words


class ScriptedChatModel(BaseChatModel):
    """Give prepared replies in order and keep every request.

    Args:
        replies: Texts or messages, one for each call.
        requests: Filled with the messages of each call.
    """

    replies: list[str | AIMessage]
    requests: list[list[BaseMessage]] = Field(default_factory=list)
    model_name: str = "scripted-1b"

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def prompts(self) -> list[str]:
        """The last message of each request, as text."""
        return [str(messages[-1].content) for messages in self.requests]

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        if len(self.requests) >= len(self.replies):
            raise ValueError(
                f"The script has {len(self.replies)} replies and this is one call more. "
                f"It asks: {str(messages[-1].content)[:300]!r}"
            )
        reply = self.replies[len(self.requests)]
        self.requests.append(messages)
        message = AIMessage(reply) if isinstance(reply, str) else reply
        return ChatResult(generations=[ChatGeneration(message=message)])


class HashEmbeddings(Embeddings):
    """Embed a text as its hashed words, unit length: alike in words, alike in vectors.

    Args:
        dimension: Length of the vectors.
    """

    model_name = "hash"

    def __init__(self, dimension: int = 256) -> None:
        self.dimension = dimension

    def embed_documents(self, texts: Sequence[str]) -> list[list[float]]:
        """Embed texts."""
        return [self._embed(text) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Embed one text."""
        return self._embed(text)

    def _embed(self, text: str) -> list[float]:
        vector = [0.0] * self.dimension
        for word in content_words(text):
            digest = hashlib.blake2b(word.encode(), digest_size=4).digest()
            vector[int.from_bytes(digest) % self.dimension] += 1.0
        norm = math.sqrt(sum(x * x for x in vector)) or 1.0
        return [x / norm for x in vector]
