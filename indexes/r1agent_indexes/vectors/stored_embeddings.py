"""Embeddings for an external vector store: it asks for vectors, the index hands out its own.

LangChain's `VectorStore` takes texts and embeds them itself. Given this in place of the model, it
gets the vectors that the database holds, and no text is embedded twice.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from langchain_core.embeddings import Embeddings

from r1agent_indexes.embed import identity_of, load_embeddings
from r1agent_indexes.store import Vectors


class StoredEmbeddings(Embeddings):
    """Embed with a model, except for the texts whose vectors are at hand."""

    def __init__(self, model: Embeddings | None = None) -> None:
        """Store the model, which is that of the index; default `load_embeddings()`."""
        self._model = model or load_embeddings()
        self.model_name = identity_of(self._model)
        self.is_served = bool(getattr(self._model, "is_served", False))
        self._at_hand: dict[str, list[float]] = {}

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        """Return one vector a text."""
        unknown = [text for text in texts if text not in self._at_hand]
        embedded = iter(self._model.embed_documents(unknown) if unknown else [])
        return [self._at_hand.get(text) or next(embedded) for text in texts]

    def embed_query(self, text: str) -> list[float]:
        """Return the vector of a question."""
        return self._at_hand.get(text) or self._model.embed_query(text)

    @contextmanager
    def handing_out(self, texts: Sequence[str], vectors: Vectors) -> Iterator[None]:
        """Answer for these texts with these `(n, d)` vectors; one caller at a time."""
        self._at_hand = dict(zip(texts, vectors.tolist(), strict=True))
        try:
            yield
        finally:
            self._at_hand = {}
