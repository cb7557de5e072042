"""The index as a langchain-core VectorStore: loose documents beside the passages of papers."""

import uuid
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from r1agent_indexes.embed import unit_rows
from r1agent_indexes.search.retriever import query_vector
from r1agent_indexes.writing import delete_documents, put_documents

if TYPE_CHECKING:
    from r1agent_indexes.paper_index import PaperIndex


class PassageStore(VectorStore):
    """Store and search any Documents in the database and vectors of a `PaperIndex`.

    Similarity search here is dense only and covers loose documents and passages alike;
    `PaperIndex.search` covers the passages of papers only.
    """

    def __init__(self, index: "PaperIndex") -> None:
        """Store the index."""
        self.paper_index = index

    @property
    def embeddings(self) -> Embeddings:
        """Return the embedding model of the index."""
        return self.paper_index.embeddings

    def add_texts(
        self,
        texts: Iterable[str],
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Add texts and return their ids; an id that is there already is replaced.

        Raises:
            IndexLockedError: Another process is writing.
        """
        contents = list(texts)
        facts = metadatas or [{} for _ in contents]
        names: Sequence[str | None] = ids or [None] * len(contents)
        documents = [
            Document(id=name or str(uuid.uuid4()), page_content=text, metadata=own)
            for name, text, own in zip(names, contents, facts, strict=True)
        ]
        if documents:
            self.paper_index.same_model.require()
            vectors = unit_rows(np.asarray(self.embeddings.embed_documents(contents), np.float32))
            with self.paper_index.writing():
                put_documents(self.paper_index.store, documents, vectors)
        return [document.id for document in documents if document.id is not None]

    def delete(
        self,
        ids: list[str] | None = None,
        **kwargs: Any,
    ) -> bool:
        """Take out documents by id; ids that are not there are passed over."""
        with self.paper_index.writing():
            delete_documents(self.paper_index.store, ids or [])
        return True

    def get_by_ids(self, ids: Sequence[str], /) -> list[Document]:
        """Return the documents with these ids, in this order; others are left out."""
        found = self.paper_index.store.passages_by_id(ids)
        return [found[id_] for id_ in ids if id_ in found]

    def similarity_search(
        self,
        query: str,
        k: int = 4,
        **kwargs: Any,
    ) -> list[Document]:
        """Return the `k` documents nearest to the query."""
        return [document for document, _ in self.similarity_search_with_score(query, k)]

    def similarity_search_with_score(self, query: str, k: int = 4) -> list[tuple[Document, float]]:
        """Return the `k` nearest documents with their cosine similarity, nearest first."""
        self.paper_index.same_model.require()
        vector = query_vector(self.embeddings.embed_query(query))
        nearest = self.paper_index.vectors.search(vector, k=k)
        found = self.paper_index.store.passages([key for key, _ in nearest])
        return [(found[key], score) for key, score in nearest if key in found]

    def _select_relevance_score_fn(self) -> Any:
        return lambda cosine: (cosine + 1) / 2

    @classmethod
    def from_texts(
        cls,
        texts: list[str],
        embedding: Embeddings,
        metadatas: list[dict[str, Any]] | None = None,
        *,
        ids: list[str] | None = None,
        path: str | Path = "indexes/passages",
        **kwargs: Any,
    ) -> Self:
        """Make an index in `path` and add texts to it."""
        from r1agent_indexes.paper_index import PaperIndex

        store = cls(PaperIndex.open(path, embeddings=embedding, create=True))
        store.add_texts(texts, metadatas, ids=ids)
        return store
