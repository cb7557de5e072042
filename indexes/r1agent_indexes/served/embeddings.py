"""An embedding model that vLLM, or any OpenAI-compatible server, serves: float32, unit length."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any, ClassVar

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from pydantic import SecretStr

from r1agent_indexes.served.answers import UnusableAnswerError, vectors_in
from r1agent_indexes.served.batches import batches_of
from r1agent_indexes.served.server import ModelServer, Patience, Role

_ROLE = Role("embedding server", "embedding_url", "R1AGENT_EMBEDDING_KEY")
_CACHED_QUERIES = 256
_MOST_TEXTS, _MOST_CHARACTERS = 32, 100_000
"""Of one request: what text-embeddings-inference takes at most, and a bound for long texts."""
_EXTRA = {
    "encoding_format": "base64",  # a third of the bytes of numbers in decimals
    "endianness": "little",
    "truncate_prompt_tokens": -1,  # to what the model takes, as sentence-transformers does
}
"""Fields of vLLM; OpenAI itself knows the first only."""


class ServedEmbeddings(Embeddings):
    """Embed at a server; questions are cached, and nothing is asked before the first text.

    Vectors are those of `SentenceEmbeddings` with the same model (cosine > .999), so an index may
    be built with one and searched with the other.

    Args:
        base_url: The server's OpenAI-compatible address, mostly ending in `/v1`.
        model: The name under which the server serves it, and the index remembers it; by default
            the first one that the server names.
        api_key: Sent to this server only, and never shown.
        query_prefix: Put before a question, where the model wants it: "query: ".
        document_prefix: Put before a document: "passage: ". An index must keep to one.
        patience: How long and how often the server is asked.
    """

    is_served: ClassVar[bool] = True
    """An index compares one of its embeddings before it relies on another program's."""

    def __init__(
        self,
        base_url: str,
        model: str | None = None,
        *,
        api_key: SecretStr | str | None = None,
        query_prefix: str = "",
        document_prefix: str = "",
        patience: Patience | None = None,
    ) -> None:
        key = SecretStr(api_key) if isinstance(api_key, str) else api_key
        self.base_url = base_url
        self._made_with = {
            "base_url": base_url,
            "model": model,
            "api_key": key,
            "query_prefix": query_prefix,
            "document_prefix": document_prefix,
            "patience": patience,
        }
        self._model = model
        self._query_prefix, self._document_prefix = query_prefix, document_prefix
        self._patience = patience or Patience()
        self._server = ModelServer(_ROLE, base_url, api_key=key, patience=self._patience)
        self._dimension: int | None = None
        self._query = lru_cache(_CACHED_QUERIES)(self._asked)

    @property
    def model_name(self) -> str:
        """Return the model's name; where none was given, the server is asked once.

        Raises:
            EmbeddingModelError: It does not tell.
        """
        if self._model is None:
            self._model = self._server.models()[0]
        return self._model

    @property
    def dimension(self) -> int:
        """Return the length of a vector; the server is asked once."""
        return self._dimension or len(self.embed_query("dimension"))

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one unit vector a text, in the order given.

        Raises:
            EmbeddingModelError: The server gives none, after repeats where those could help.
        """
        prefixed = [self._document_prefix + text for text in texts]
        batches = list(
            batches_of(prefixed, most_texts=_MOST_TEXTS, most_characters=_MOST_CHARACTERS)
        )
        if len(batches) < 2:
            return [row for batch in batches for row in self._embed(batch).tolist()]
        with ThreadPoolExecutor(min(len(batches), self._patience.at_once)) as pool:
            return [row for found in pool.map(self._embed, batches) for row in found.tolist()]

    def embed_query(self, text: str) -> list[float]:
        """Return the unit vector of a question, from the cache if it was asked before.

        Raises:
            EmbeddingModelError: The server gives none, after repeats where those could help.
        """
        return self._query(text)

    def _asked(self, text: str) -> list[float]:
        vector: list[float] = self._embed([self._query_prefix + text])[0].tolist()
        return vector

    def _embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return `(n, d)` float32 of unit length from one request."""
        sent = [text or " " for text in texts]  # several servers refuse an empty text
        answer = self._server.post("/embeddings", {"model": self.model_name, "input": sent}, _EXTRA)
        try:
            vectors = vectors_in(answer, len(sent))
        except UnusableAnswerError as error:
            raise self._server.nonsense(str(error)) from error
        self._dimension = found = self._dimension or vectors.shape[1]
        if vectors.shape[1] != found:
            raise self._server.nonsense(f"vectors of {vectors.shape[1]} numbers, after {found}")
        return vectors

    def __reduce__(self) -> tuple[Callable[..., "ServedEmbeddings"], tuple[dict[str, Any]]]:
        """Send what it was made with, such as to a cluster; connections stay here."""
        return _made_again, (self._made_with,)


def _made_again(made_with: dict[str, Any]) -> ServedEmbeddings:
    return ServedEmbeddings(**made_with)
