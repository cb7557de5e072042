"""Two scores of the same passages, by meaning and by words, made into one."""

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_MEANING = 0.55
"""Weight of meaning against words; .6 and .65 are worse on the training questions of SciFact."""

_NEAR = 0.5
"""A nearest passage below this cosine is not near: words decide where all are far, as they are for
a question in a language that the embedding model has not learned."""


def fuse(cosines: Scores, keywords: Scores) -> Scores:
    """Return `(n,)` float32 scores in [0, 1], higher is better, of passages found by either.

    A convex combination of normalised scores, which Bruch, Gai and Ingber, "An Analysis of Fusion
    Functions for Hybrid Retrieval" (2023), found better than reciprocal ranks (eq. 3). Both are
    scaled between 0 and the highest found, so a score does not depend on how many were asked for;
    the highest cosine counts as .5 where it is less.

    Args:
        cosines: `(n,)` float32 of every passage, however it was found.
        keywords: `(n,)` float32 BM25 scores, 0 where no word of the question is in the passage.
    """
    meaning = _of_highest(cosines, at_least=_NEAR)
    return _MEANING * meaning + (1 - _MEANING) * _of_highest(keywords)


def scaled(scores: Scores) -> Scores:
    """Return scores between 0 for the lowest and 1 for the highest; all 1 where all are equal."""
    lowest, highest = (scores.min(), scores.max()) if len(scores) else (0, 0)
    if lowest == highest:
        return np.ones_like(scores)
    return ((scores - lowest) / (highest - lowest)).astype(np.float32)


def _of_highest(scores: Scores, *, at_least: float = 0) -> Scores:
    highest = scores.max(initial=at_least)
    found: Scores = np.maximum(scores, 0)
    return found / highest if highest > 0 else found
