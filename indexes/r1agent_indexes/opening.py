"""What must hold before an index is opened or made."""

from pathlib import Path

from r1agent_indexes.errors import IndexFormatError, IndexMismatchError, IndexNotFoundError
from r1agent_indexes.lock import writer_lock
from r1agent_indexes.schema import FORMAT
from r1agent_indexes.store import Store

DATABASE = "papers.sqlite"


def require_creation(folder: Path, *, create: bool) -> None:
    """Refuse a folder that holds no index, unless one is to be made there.

    Raises:
        IndexNotFoundError: It is a file, or `create` is not set.
    """
    if folder.exists() and not folder.is_dir():
        raise IndexNotFoundError(f"{str(folder)!r} is a file; an index is a folder.")
    if not create:
        raise IndexNotFoundError(
            f"There is no index in {str(folder)!r}. Make one with "
            f"`r1agent index add PAPERS --index {folder}`."
        )


def create_index(folder: Path, model: str) -> None:
    """Make an empty index for an embedding model, unless another process just did."""
    with writer_lock(folder):
        if (folder / DATABASE).exists():
            return
        Store.create(folder, {"format": str(FORMAT), "embedding_model": model})


def require_same(folder: Path, store: Store, model: str) -> None:
    """Refuse an index of another format or embedding model.

    Raises:
        IndexFormatError: It was made by another version.
        IndexMismatchError: It was built with another embedding model.
    """
    found, built_with = store.meta("format"), store.meta("embedding_model")
    if found != str(FORMAT):
        raise IndexFormatError(
            f"Index {str(folder)!r} has format {found}, this version reads {FORMAT}. Make a new "
            "one with `r1agent index add PAPERS --index OTHER`."
        )
    if built_with != model:
        raise IndexMismatchError(
            f"Index {str(folder)!r} was built with the embedding model {built_with!r}, not "
            f"{model!r}. Open it with that model, or make a new index with `r1agent index add "
            "PAPERS --index OTHER`."
        )
