"""Passages of different papers that are alike should score alike."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.search.fusion import Scores

_NEIGHBOURS = 8
_SHARE = 0.25
"""What the neighbours say of a passage's score. More of it helps where a question has many papers
(Cranfield) and harms where it has one (SciFact)."""
_MOST = 200
"""How many of the best passages are compared; the time grows with the square."""


def share_scores(scores: Scores, vectors: NDArray[np.float32], papers: Sequence[str]) -> Scores:
    """Return `(n,)` float32 scores, each moved towards the mean of its nearest neighbours' scores.

    Score regularisation: one step of Diaz, "Regularizing Ad Hoc Retrieval Scores" (CIKM 2005),
    section 4. Neighbours are the nearest passages of other papers among the best; passages of the
    same paper are always alike and say nothing.

    Args:
        scores: `(n,)` float32, higher is better.
        vectors: `(n, d)` float32 embeddings of unit length.
        papers: `(n,)` ids.
    """
    if not len(scores):
        return scores
    best = np.argsort(-scores, kind="stable")[:_MOST]
    owners = np.unique(np.asarray(papers)[best], return_inverse=True)[1]
    likeness = vectors[best] @ vectors[best].T
    likeness[owners[:, None] == owners[None, :]] = -np.inf
    count = min(_NEIGHBOURS, len(best))
    nearest = np.argpartition(-likeness, count - 1, axis=1)[:, :count]
    is_other = np.isfinite(np.take_along_axis(likeness, nearest, axis=1))
    others = is_other.sum(axis=1)
    theirs = (scores[best][nearest] * is_other).sum(axis=1) / np.maximum(others, 1)
    shared = (1 - _SHARE) * scores
    shared[best] = np.where(others > 0, shared[best] + _SHARE * theirs, scores[best])
    return shared.astype(np.float32)
