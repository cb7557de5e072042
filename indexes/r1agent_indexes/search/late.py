"""Rerank passages by late interaction: every word of the question against every word of them."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from langchain_core.callbacks import Callbacks
from langchain_core.documents import BaseDocumentCompressor, Document
from numpy.typing import NDArray
from pydantic import ConfigDict, SkipValidation

from r1agent_indexes.search.fusion import Scores, scaled
from r1agent_indexes.search.results import ranked_by

_WEIGHT = 0.5
"""Weight of the words against the score of the search; from the training questions of SciFact."""


@runtime_checkable
class TokenEmbeddings(Protocol):
    """Embeddings that also give a vector for each token, as `SentenceEmbeddings` does."""

    def embed_tokens(self, texts: list[str]) -> list[NDArray[np.float32]]:
        """Return `(tokens, d)` float32 rows of unit length for each text."""
        ...


class LateInteraction(BaseDocumentCompressor):
    """Reorder passages by the words of the question that have a near one in the passage.

    The mean over the question's tokens of the highest cosine to a token of the passage (MaxSim:
    Khattab and Zaharia, "ColBERT", SIGIR 2020, eq. 3, divided by the number of tokens), with the
    token vectors of the embedding model itself. Costs the embedding of every passage again.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    embeddings: SkipValidation[TokenEmbeddings]

    def compress_documents(
        self, documents: Sequence[Document], query: str, callbacks: Callbacks | None = None
    ) -> Sequence[Document]:
        """Return all documents, best first, with a new `score` in [0, 1]."""
        if not documents:
            return []
        question = self.embeddings.embed_tokens([query])[0]
        passages = self.embeddings.embed_tokens([_titled(document) for document in documents])
        found = np.array([max_similarity(question, one) for one in passages], dtype=np.float32)
        searched = [document.metadata.get("score", 0.0) for document in documents]
        before = scaled(np.array(searched, dtype=np.float32))
        scores: Scores = _WEIGHT * scaled(found) + (1 - _WEIGHT) * before
        return ranked_by(documents, scores.tolist())


def max_similarity(question: NDArray[np.float32], passage: NDArray[np.float32]) -> float:
    """Return MaxSim of two texts as `(tokens, d)` float32, divided by the question's tokens."""
    if not len(question) or not len(passage):
        return 0.0
    return float((question @ passage.T).max(axis=1).mean())


def _titled(document: Document) -> str:
    return f"{document.metadata.get('title') or ''}\n{document.page_content}"
