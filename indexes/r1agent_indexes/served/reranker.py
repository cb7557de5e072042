"""A reranker that vLLM, or any server of Jina's and Cohere's `/rerank`, serves."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from pydantic import PrivateAttr, SecretStr

from r1agent_indexes.search.results import ranked_by
from r1agent_indexes.served.answers import UnusableAnswerError, scores_in
from r1agent_indexes.served.batches import batches_of
from r1agent_indexes.served.server import ModelServer, Patience, Role

_ROLE = Role("reranking server", "reranker_url", "R1AGENT_RERANKER_KEY")
_MOST_TEXTS, _MOST_CHARACTERS = 64, 200_000
_EXTRA = {"truncate_prompt_tokens": -1}
"""vLLM: cut question and passage to what the model takes, and refuse neither."""


class ServedReranker(BaseDocumentCompressor):
    """Reorder passages by the scores of a model that a server runs.

    A cross-encoder at vLLM scores in [0, 1], an embedding model there by its cosine.
    """

    base_url: str
    """The address that `/rerank` follows: of vLLM with or without `/v1`."""
    model: str | None = None
    """The name under which the server serves it; by default the server decides."""
    api_key: SecretStr | None = None
    """Sent to this server only, and never shown."""
    patience: Patience = Patience()
    """How long and how often the server is asked."""
    _server: ModelServer = PrivateAttr()

    def model_post_init(self, context: Any) -> None:
        """Make the connection, which is not used before the first passages."""
        self._server = ModelServer(
            _ROLE, self.base_url, api_key=self.api_key, patience=self.patience
        )

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return all documents, best first, with the model's `score`, higher is better.

        Raises:
            EmbeddingModelError: The server gives none, after repeats where those could help.
        """
        texts = [document.page_content for document in documents]
        batches = batches_of(texts, most_texts=_MOST_TEXTS, most_characters=_MOST_CHARACTERS)
        scores = [score for batch in batches for score in self._scores(query, batch)]
        return ranked_by(documents, scores)

    def _scores(self, query: str, texts: Sequence[str]) -> list[float]:
        body: dict[str, Any] = {"query": query, "documents": texts}
        if self.model:
            body["model"] = self.model
        try:
            return scores_in(self._server.post("/rerank", body, _EXTRA), len(texts))
        except UnusableAnswerError as error:
            raise self._server.nonsense(str(error)) from error
