"""What stands behind dense search: FAISS here, or a vector store that takes its place."""

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray


@runtime_checkable
class VectorIndex(Protocol):
    """The embeddings of an index, searchable; derived from `papers.sqlite`, never trusted more."""

    def search(
        self, vector: NDArray[np.float32], *, k: int, keys: Sequence[int] | None = None
    ) -> list[tuple[int, float]]:
        """Return keys of passages with their cosines, best first, at most `k`.

        Args:
            vector: `(d,)` float32 of unit length.
            k: How many, at most; fewer only where fewer passages are there.
            keys: Look among these only.
        """
        ...

    def save(self) -> str:
        """Write everything the database holds and return what `is_saved` will know it by."""
        ...

    def is_saved(self) -> bool:
        """Tell whether what was saved is what the manifest names."""
        ...

    def forget(self) -> None:
        """Drop what is in memory, so that the next search derives everything again."""
        ...

    def problem(self) -> str | None:
        """Return what differs from the embeddings in the database, None where nothing does."""
        ...

    def describe(self) -> str:
        """Return the kind in use and why, in one line for a user."""
        ...
