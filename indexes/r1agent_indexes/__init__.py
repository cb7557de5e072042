"""PDFs to ranked passages with exact pages and character spans."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent_indexes.bibliography.fetch import FetchProgress, FetchReport, fetch_papers
    from r1agent_indexes.bibliography.registries import Addresses, Registries
    from r1agent_indexes.cluster import RayWorkers
    from r1agent_indexes.embed import SentenceEmbeddings, load_embeddings
    from r1agent_indexes.errors import (
        ClusterError,
        DiskFullError,
        IndexFormatError,
        IndexLockedError,
        IndexMismatchError,
        IndexNotFoundError,
        NoPapersError,
        PaperIndexError,
        UnreadablePaperError,
        VectorStoreError,
    )
    from r1agent_indexes.manifest import IndexManifest
    from r1agent_indexes.paper_index import PaperIndex
    from r1agent_indexes.reading.chunk import SentenceChunker
    from r1agent_indexes.reading.pdf import PdfLoader
    from r1agent_indexes.reading.readers import PaperLoader
    from r1agent_indexes.reading.text import TextLoader
    from r1agent_indexes.search.late import LateInteraction
    from r1agent_indexes.search.rerank import CrossEncoderReranker, load_reranker
    from r1agent_indexes.search.retriever import PaperRetriever
    from r1agent_indexes.served.embeddings import ServedEmbeddings
    from r1agent_indexes.served.reranker import ServedReranker
    from r1agent_indexes.served.server import Patience
    from r1agent_indexes.types import (
        AddProgress,
        AddReport,
        FailedPaper,
        IndexProblem,
        IndexReport,
        Paper,
        PaperFilter,
        PaperMetadata,
    )
    from r1agent_indexes.vectors.passage_store import PassageStore
    from r1agent_indexes.vectors.stored_embeddings import StoredEmbeddings

_MODULE_OF = {
    "AddProgress": "types",
    "AddReport": "types",
    "Addresses": "bibliography.registries",
    "ClusterError": "errors",
    "CrossEncoderReranker": "search.rerank",
    "DiskFullError": "errors",
    "FailedPaper": "types",
    "FetchProgress": "bibliography.fetch",
    "FetchReport": "bibliography.fetch",
    "IndexFormatError": "errors",
    "IndexLockedError": "errors",
    "IndexManifest": "manifest",
    "IndexMismatchError": "errors",
    "IndexNotFoundError": "errors",
    "IndexProblem": "types",
    "IndexReport": "types",
    "LateInteraction": "search.late",
    "NoPapersError": "errors",
    "Paper": "types",
    "PaperFilter": "types",
    "PaperIndex": "paper_index",
    "PaperIndexError": "errors",
    "PaperLoader": "reading.readers",
    "PaperMetadata": "types",
    "PaperRetriever": "search.retriever",
    "PassageStore": "vectors.passage_store",
    "Patience": "served.server",
    "PdfLoader": "reading.pdf",
    "RayWorkers": "cluster",
    "Registries": "bibliography.registries",
    "SentenceChunker": "reading.chunk",
    "SentenceEmbeddings": "embed",
    "ServedEmbeddings": "served.embeddings",
    "ServedReranker": "served.reranker",
    "StoredEmbeddings": "vectors.stored_embeddings",
    "TextLoader": "reading.text",
    "UnreadablePaperError": "errors",
    "VectorStoreError": "errors",
    "fetch_papers": "bibliography.fetch",
    "load_embeddings": "embed",
    "load_reranker": "search.rerank",
}

__all__ = [
    "AddProgress",
    "AddReport",
    "Addresses",
    "ClusterError",
    "CrossEncoderReranker",
    "DiskFullError",
    "FailedPaper",
    "FetchProgress",
    "FetchReport",
    "IndexFormatError",
    "IndexLockedError",
    "IndexManifest",
    "IndexMismatchError",
    "IndexNotFoundError",
    "IndexProblem",
    "IndexReport",
    "LateInteraction",
    "NoPapersError",
    "Paper",
    "PaperFilter",
    "PaperIndex",
    "PaperIndexError",
    "PaperLoader",
    "PaperMetadata",
    "PaperRetriever",
    "PassageStore",
    "Patience",
    "PdfLoader",
    "RayWorkers",
    "Registries",
    "SentenceChunker",
    "SentenceEmbeddings",
    "ServedEmbeddings",
    "ServedReranker",
    "StoredEmbeddings",
    "TextLoader",
    "UnreadablePaperError",
    "VectorStoreError",
    "fetch_papers",
    "load_embeddings",
    "load_reranker",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that importing the package is free."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
