"""A LangChain `VectorStore` as the index needs it: named points in, the nearest out."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TypeVar

from langchain_core.documents import Document
from langchain_core.vectorstores import VectorStore

from r1agent_indexes.errors import VectorStoreError
from r1agent_indexes.store import Vectors
from r1agent_indexes.vectors.stored_embeddings import StoredEmbeddings

_QUESTION = "a question of r1agent whose embedding is at hand"
_COLLECTIONS = ("collection_name", "index_name", "table_name")

Result = TypeVar("Result")


class GivenStore:
    """Add, delete, count and find in a store that somebody else keeps."""

    def __init__(self, store: VectorStore) -> None:
        """Store the store.

        Raises:
            VectorStoreError: It would embed every passage a second time.
        """
        if not isinstance(store.embeddings, StoredEmbeddings):
            raise VectorStoreError(
                f"`{type(store).__name__}` embeds with {type(store.embeddings).__name__!r}, which "
                "would embed every passage again. Make it with `StoredEmbeddings(MODEL)` of "
                "`r1agent_indexes` as its embedding."
            )
        self._store = store
        self._embeddings: StoredEmbeddings = store.embeddings
        self._lock = threading.Lock()
        collection = next((getattr(store, name, None) for name in _COLLECTIONS), None)
        self.name = f"`{type(store).__name__}`" + (f" {collection!r}" if collection else "")

    def find(self, vector: Vectors, k: int) -> list[Document]:
        """Return what the store finds by vector, or by a text that stands for the vector."""
        numbers = vector.tolist()
        try:
            return self._call(lambda: self._store.similarity_search_by_vector(numbers, k=k))
        except NotImplementedError:
            with self._lock, self._embeddings.handing_out([_QUESTION], vector[None]):
                return self._call(lambda: self._store.similarity_search(_QUESTION, k=k))

    def add(self, points: Sequence[str], passages: Sequence[Document], vectors: Vectors) -> None:
        """Add passages of different texts, with their `(n, d)` vectors."""
        texts = [passage.page_content for passage in passages]
        facts = [passage.metadata for passage in passages]
        with self._lock, self._embeddings.handing_out(texts, vectors):
            self._call(lambda: self._store.add_texts(texts, facts, ids=list(points)))

    def delete(self, points: Sequence[str]) -> None:
        """Take passages out; a store that cannot do that keeps them, and searches drop them."""
        with suppress(NotImplementedError):
            self._call(lambda: self._store.delete(list(points)))

    def count(self, points: Sequence[str]) -> int:
        """Return how many of these the store holds: all, where it cannot look up by id."""
        if not points:
            return 0
        try:
            return len(self._call(lambda: self._store.get_by_ids(list(points))))
        except NotImplementedError:
            return len(points)

    def _call(self, request: Callable[[], Result]) -> Result:
        """Send a request; clients of stores raise anything, so anything is the store's failure."""
        try:
            return request()
        except NotImplementedError:
            raise
        except Exception as error:
            reason = str(error).strip().partition("\n")[0][:200]
            raise VectorStoreError(
                f"{self.name} failed ({type(error).__name__}: {reason}). See that it runs, is "
                "reachable and has this collection, or open the index without `vectors` to search "
                "with FAISS."
            ) from error
