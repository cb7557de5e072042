"""What a user must fix: one family of errors, each message with what was found and what to do.

PaperIndexError
├── IndexNotFoundError     no index in that folder
├── IndexMismatchError     built with another embedding model
├── IndexFormatError       written by another version, or damaged
├── IndexLockedError       another process is writing
├── NoPapersError          nothing to index in what was given
├── PaperNotFoundError     no such paper, page or passage
├── UnreadablePaperError   one file that cannot be read, with the reason
├── EmbeddingModelError    the embedding model, or its server, is not there
├── ClusterError           the Ray cluster cannot be reached or used
├── VectorStoreError       the external vector store failed, or was made in another way
└── DiskFullError          no space left
"""


class PaperIndexError(Exception):
    """Report something about papers or an index that the user must fix."""


class IndexNotFoundError(PaperIndexError):
    """Report a folder that holds no index."""


class IndexMismatchError(PaperIndexError):
    """Report an index that was built with another embedding model."""


class IndexFormatError(PaperIndexError):
    """Report an index of another format, or one that is damaged beyond derivation."""


class IndexLockedError(PaperIndexError):
    """Report that another process is writing to the index."""


class NoPapersError(PaperIndexError):
    """Report paths in which there is nothing to index."""


class PaperNotFoundError(PaperIndexError):
    """Report a paper or page that the index does not hold."""


class UnreadablePaperError(PaperIndexError):
    """Report one file that cannot be read; the message is the reason alone."""


class EmbeddingModelError(PaperIndexError):
    """Report an embedding model or reranker that cannot be loaded, or whose server fails."""


class ClusterError(PaperIndexError):
    """Report a Ray cluster that cannot be reached or used."""


class VectorStoreError(PaperIndexError):
    """Report an external vector store that failed, or that the index cannot use."""


class DiskFullError(PaperIndexError):
    """Report that the disk is full; what was committed before is safe."""
