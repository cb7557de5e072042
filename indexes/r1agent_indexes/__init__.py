"""PDFs to ranked passages with exact pages and character spans."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from r1agent_indexes.embed import SentenceEmbeddings, load_embeddings
    from r1agent_indexes.errors import (
        DiskFullError,
        IndexFormatError,
        IndexLockedError,
        IndexMismatchError,
        IndexNotFoundError,
        NoPapersError,
        PaperIndexError,
        UnreadablePaperError,
    )
    from r1agent_indexes.manifest import IndexManifest
    from r1agent_indexes.paper_index import PaperIndex
    from r1agent_indexes.reading.chunk import SentenceChunker
    from r1agent_indexes.reading.pdf import PdfLoader
    from r1agent_indexes.reading.text import TextLoader
    from r1agent_indexes.search.retriever import PaperRetriever
    from r1agent_indexes.types import (
        AddProgress,
        AddReport,
        FailedPaper,
        IndexProblem,
        IndexReport,
        Paper,
    )
    from r1agent_indexes.vectors.passage_store import PassageStore

_MODULE_OF = {
    "AddProgress": "types",
    "AddReport": "types",
    "DiskFullError": "errors",
    "FailedPaper": "types",
    "IndexFormatError": "errors",
    "IndexLockedError": "errors",
    "IndexManifest": "manifest",
    "IndexMismatchError": "errors",
    "IndexNotFoundError": "errors",
    "IndexProblem": "types",
    "IndexReport": "types",
    "NoPapersError": "errors",
    "Paper": "types",
    "PaperIndex": "paper_index",
    "PaperIndexError": "errors",
    "PaperRetriever": "search.retriever",
    "PassageStore": "vectors.passage_store",
    "PdfLoader": "reading.pdf",
    "SentenceChunker": "reading.chunk",
    "SentenceEmbeddings": "embed",
    "TextLoader": "reading.text",
    "UnreadablePaperError": "errors",
    "load_embeddings": "embed",
}

__all__ = [
    "AddProgress",
    "AddReport",
    "DiskFullError",
    "FailedPaper",
    "IndexFormatError",
    "IndexLockedError",
    "IndexManifest",
    "IndexMismatchError",
    "IndexNotFoundError",
    "IndexProblem",
    "IndexReport",
    "NoPapersError",
    "Paper",
    "PaperIndex",
    "PaperIndexError",
    "PaperRetriever",
    "PassageStore",
    "PdfLoader",
    "SentenceChunker",
    "SentenceEmbeddings",
    "TextLoader",
    "UnreadablePaperError",
    "load_embeddings",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used, so that importing the package is free."""
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
