"""What must hold before an index is opened or made."""

from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings

from r1agent_indexes.embed import unit_rows
from r1agent_indexes.errors import IndexFormatError, IndexMismatchError
from r1agent_indexes.folder import DATABASE
from r1agent_indexes.lock import writer_lock
from r1agent_indexes.schema import FORMAT
from r1agent_indexes.store import Store

_PROBED = 32
"""Passages from which the probe is chosen."""
_LEAST_CHARACTERS = 80
_SAME = 0.98
"""Cosine of two embeddings of one text by one model: .9999 between bfloat16 and float32."""


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


class SameModel:
    """Whether a served model embeds a passage of the index as it was; asked once.

    Of two programs that serve a model by one name, one may pool or normalise in another way, or
    serve another model. What this process runs itself is what its name says.
    """

    def __init__(self, folder: Path, store: Store, embeddings: Embeddings) -> None:
        """Store the parts."""
        self._folder, self._store, self._embeddings = folder, store, embeddings
        self._is_known = not getattr(embeddings, "is_served", False)

    def require(self) -> None:
        """Refuse a model that embeds in another way.

        Raises:
            IndexMismatchError: It does.
        """
        if self._is_known:
            return
        difference = self._difference()
        if difference:
            raise IndexMismatchError(
                f"The embedding server gives {difference}: index {str(self._folder)!r} was built "
                "with another model of that name. Serve the one it was built with, or make a new "
                "index with `r1agent index add PAPERS --index OTHER`."
            )
        self._is_known = True

    def _difference(self) -> str:
        """Return how its embedding of a passage differs from that of the index, or nothing."""
        probe = _probe(self._store)
        if probe is None:
            return ""
        key, text = probe
        stored = unit_rows(self._store.embeddings_of([key]))
        found = unit_rows(np.asarray(self._embeddings.embed_documents([text]), dtype=np.float32))
        if found.shape != stored.shape:
            return f"{found.shape[1]} numbers a passage, not {stored.shape[1]}"
        cosine = float((found * stored).sum())
        near = f"an embedding of cosine {cosine:.2f} to that of the index, wanted {_SAME}"
        return "" if cosine >= _SAME else near


def _probe(store: Store) -> tuple[int, str] | None:
    """Return a passage to compare: a short one, which no server cuts, and not a shred."""
    found = store.passages(store.keys_after(0, most=_PROBED))
    texts = {key: passage.page_content for key, passage in found.items()}
    whole = {key: text for key, text in texts.items() if len(text) >= _LEAST_CHARACTERS} or texts
    return min(whole.items(), key=lambda one: len(one[1]), default=None)
