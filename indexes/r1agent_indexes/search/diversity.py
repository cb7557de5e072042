"""Which of the ranked passages are shown: not too many of one paper, not the same thing twice."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from r1agent_indexes.search.fusion import Scores


def within_cap(ranked: Sequence[int], papers: Sequence[str], *, k: int, most: int) -> list[int]:
    """Return `k` of the ranked positions, at most `most` of one paper while others are left.

    Args:
        ranked: Positions, best first.
        papers: Id of the paper at each position.
        k: How many, at most.
        most: How many of one paper.
    """
    seen: Counter[str] = Counter()
    within: list[int] = []
    beyond: list[int] = []
    for at in ranked:
        seen[papers[at]] += 1
        (within if seen[papers[at]] <= most else beyond).append(at)
        if len(within) == k:
            break
    kept = set(within[:k] + beyond[: max(0, k - len(within))])
    return [at for at in ranked if at in kept]


def least_repeated(
    ranked: Sequence[int], scores: Scores, vectors: NDArray[np.float32], *, diversity: float, k: int
) -> list[int]:
    """Return the ranked positions reordered so that the first `k` say different things.

    Maximal marginal relevance (Carbonell and Goldstein 1998), eq. 1 with lambda = 1 - `diversity`:
    each next passage has the highest (1 - diversity) * score - diversity * cosine to the nearest
    of those before it. Scores are relevance here, since they know of words too.

    Args:
        ranked: Positions, best first.
        scores: `(n,)` float32 in [0, 1].
        vectors: `(n, d)` float32 of unit length.
        diversity: From 0, which changes nothing, to 1, which looks at nothing else.
        k: How many places are chosen; the others follow as they were.
    """
    left = list(ranked)
    nearest = np.zeros(len(scores), dtype=np.float32)
    chosen: list[int] = []
    while left and len(chosen) < k and diversity > 0:
        gain = (1 - diversity) * scores[left] - diversity * nearest[left]
        chosen.append(left.pop(int(np.argmax(gain))))
        nearest = np.maximum(nearest, vectors @ vectors[chosen[-1]])
    return chosen + left
