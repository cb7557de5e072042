"""Rerankers, by the name that a user gives them."""

from collections.abc import Sequence
from typing import Any

from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.embeddings import Embeddings
from pydantic import PrivateAttr, SecretStr

from r1agent_indexes.embed import without_bars
from r1agent_indexes.errors import EmbeddingModelError
from r1agent_indexes.search.late import LateInteraction, TokenEmbeddings
from r1agent_indexes.search.results import ranked_by

LATE = "late"
"""The name of the reranker that needs no model of its own."""


def load_reranker(
    name: str | None,
    embeddings: Embeddings,
    *,
    url: str | None = None,
    api_key: SecretStr | None = None,
) -> BaseDocumentCompressor:
    """Return a reranker; its weights are read, or its server asked, when it is first used.

    Args:
        name: `late` for late interaction with the embedding model of the index, otherwise a
            cross-encoder of sentence-transformers: a folder, or a name at the hub. With `url`,
            the name under which it is served; None leaves that to the server.
        embeddings: The embedding model of the index.
        url: A server with Jina's `/rerank`, such as vLLM.
        api_key: That server's key.

    Raises:
        EmbeddingModelError: `late` is asked for and the model gives no vector for each token.
    """
    if name != LATE and url is not None:
        from r1agent_indexes.served.reranker import ServedReranker

        return ServedReranker(base_url=url, model=name, api_key=api_key)
    if name is None:
        raise EmbeddingModelError(f"No reranker is named. Name a cross-encoder, or {LATE!r}.")
    if name != LATE:
        return CrossEncoderReranker(model_name=name)
    if not isinstance(embeddings, TokenEmbeddings):
        raise EmbeddingModelError(
            f"The reranker {LATE!r} needs a vector for each token, and {type(embeddings).__name__} "
            "has no `embed_tokens`. Name a cross-encoder, or use a sentence-transformers model."
        )
    return LateInteraction(embeddings=embeddings)


class CrossEncoderReranker(BaseDocumentCompressor):
    """Reorder passages by a cross-encoder, which reads question and passage together."""

    model_name: str
    """A folder that holds a sentence-transformers cross-encoder, or its name at the hub."""
    batch_size: int = 16
    _model: Any = PrivateAttr(default=None)

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return all documents, best first, with the cross-encoder's `score`, higher is better.

        Raises:
            EmbeddingModelError: The model cannot be loaded.
        """
        if not documents:
            return []
        if self._model is None:
            self._model = _load(self.model_name)
        pairs = [(query, document.page_content) for document in documents]
        scores = self._model.predict(pairs, batch_size=self.batch_size, show_progress_bar=False)
        return ranked_by(documents, [float(score) for score in scores])


def _load(name: str) -> Any:
    try:
        with without_bars():
            from sentence_transformers import CrossEncoder

            model = CrossEncoder(name)
    except (OSError, ValueError) as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else repr(error)
        raise EmbeddingModelError(
            f"Reranker {name!r} cannot be loaded ({reason[:200]}). Name a folder that holds a "
            f"cross-encoder with one label, or {LATE!r} for the one that needs none."
        ) from error
    if model.num_labels != 1:
        raise EmbeddingModelError(
            f"Reranker {name!r} gives {model.num_labels} numbers a passage, wanted one. Name a "
            f"cross-encoder trained for ranking, or {LATE!r}."
        )
    return model
