"""Intervals of differences between two ways of answering the same questions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 0
_LEVEL = 95.0


@dataclass(frozen=True, slots=True)
class Interval:
    """A difference of two shares with its 95 % interval."""

    difference: float
    low: float
    high: float


def paired_interval(
    one: Sequence[tuple[float, float]],
    other: Sequence[tuple[float, float]],
    *,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> Interval | None:
    """Return how much larger the share of `one` is, by the paired percentile bootstrap.

    A share is a sum of counts over a sum of totals: with a total of 1 for each question it is the
    accuracy, with 1 for each question that was attempted the precision. The same questions are
    drawn for both sides; draws in which a side attempted nothing say nothing and are left out.

    Args:
        one: Count and total of each question.
        other: The same questions in the same order.
        resamples: How many times questions are drawn with replacement.
        seed: Of the draws.

    Returns:
        None where there is no question, or a side attempted none of them.

    Raises:
        ValueError: The two sides differ in length.
    """
    if len(one) != len(other):
        raise ValueError(f"Paired questions are wanted; found {len(one)} and {len(other)}.")
    first, second = np.array(one, dtype=float), np.array(other, dtype=float)
    if not first.size or not first[:, 1].any() or not second[:, 1].any():
        return None
    drawn = np.random.default_rng(seed).integers(len(one), size=(resamples, len(one)))
    with np.errstate(invalid="ignore"):
        differences = _shares(first[drawn]) - _shares(second[drawn])
        whole = _shares(first[None]) - _shares(second[None])
    tail = (100 - _LEVEL) / 2
    low, high = np.nanpercentile(differences, [tail, 100 - tail])
    return Interval(float(whole[0]), float(low), float(high))


def _shares(drawn: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the share of each draw: `(draws, questions, 2)` to `(draws,)`."""
    sums = drawn.sum(axis=1)
    shares: NDArray[np.float64] = sums[:, 0] / sums[:, 1]
    return shares
