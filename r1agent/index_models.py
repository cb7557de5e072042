"""The embedding model and the reranker that the settings name: of this process, or served."""

from __future__ import annotations

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.embeddings import Embeddings

from r1agent.settings import Settings
from r1agent_indexes import load_embeddings, load_reranker


def embeddings_of(settings: Settings) -> Embeddings:
    """Return the embedding model, which is loaded, or asked, when it is first used."""
    return load_embeddings(
        settings.embedding_model, url=settings.embedding_url, api_key=settings.embedding_key
    )


def reranker_of(settings: Settings, embeddings: Embeddings) -> BaseDocumentCompressor | None:
    """Return the reranker, None where neither one nor a server is named.

    Args:
        settings: Name it, or its server.
        embeddings: The embedding model of the index.
    """
    if settings.reranker is None and settings.reranker_url is None:
        return None
    return load_reranker(
        settings.reranker, embeddings, url=settings.reranker_url, api_key=settings.reranker_key
    )
