"""Metrics over many examples, with 95 % intervals by the percentile bootstrap.

An interval is that of the figure if other examples of the same kind had been drawn (Efron and
Tibshirani, An Introduction to the Bootstrap, 1993, chapter 13). For a difference the same examples
are drawn for both systems, so that what is hard for both does not widen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 10_000
SEED = 0
_LEVEL = 95.0
_NUMBERS_AT_ONCE = 4_000_000

Drawn = Mapping[str, NDArray[np.float64]]
"""Measures by name, each `(draws, examples)` float64."""


class Metric(Protocol):
    """A figure of many examples."""

    @property
    def name(self) -> str:
        """Such as `accuracy`."""
        ...

    @property
    def means(self) -> str:
        """What it is, in one line."""
        ...

    @property
    def higher_is_better(self) -> bool:
        """Its direction."""
        ...

    @property
    def measures(self) -> tuple[str, ...]:
        """The measures of each example that it is made of."""
        ...

    def of(self, drawn: Drawn) -> NDArray[np.float64]:
        """Return the figure of each draw, `(draws,)`; NaN where a draw says nothing."""
        ...


@dataclass(frozen=True, slots=True)
class Share:
    """A sum over a sum: with a total of 1 for each example it is their mean."""

    name: str
    means: str
    count: str
    """The measure that is summed."""
    total: str | None = None
    """The measure that it is divided by the sum of; None counts each example once."""
    higher_is_better: bool = True

    @property
    def measures(self) -> tuple[str, ...]:
        """Count, and total where there is one."""
        return (self.count,) if self.total is None else (self.count, self.total)

    def of(self, drawn: Drawn) -> NDArray[np.float64]:
        """Return the share of each draw."""
        counts = drawn[self.count]
        if self.total is None:
            return np.asarray(counts.mean(axis=1))
        totals = drawn[self.total].sum(axis=1)
        shares: NDArray[np.float64] = np.divide(
            counts.sum(axis=1), totals, out=np.full(len(totals), np.nan), where=totals != 0
        )
        return shares


@dataclass(frozen=True, slots=True)
class Auc:
    """The chance that a positive example scores above a negative one; ties count half.

    It is the area under the ROC curve, by ranks (Hanley and McNeil, Radiology 143, 1982).
    """

    name: str
    means: str
    score: str
    """The measure that should be high for positives."""
    positive: str
    """1 for a positive example, 0 for a negative one, NaN for one that is left out."""
    higher_is_better: bool = True

    @property
    def measures(self) -> tuple[str, ...]:
        """Score and label."""
        return self.score, self.positive

    def of(self, drawn: Drawn) -> NDArray[np.float64]:
        """Return the area of each draw; a draw without both labels has none."""
        both = zip(drawn[self.score], drawn[self.positive], strict=True)
        return np.array([_area(scores, labels) for scores, labels in both])


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure and its 95 % interval; None where no example says anything."""

    value: float | None
    low: float | None = None
    high: float | None = None


def figure(metric: Metric, rows: Sequence[Mapping[str, float]], *, seed: int = SEED) -> Figure:
    """Return a metric over examples, with its interval.

    Args:
        metric: What to compute.
        rows: The measures of each example.
        seed: Of the draws.
    """
    if not rows:
        return Figure(None)
    columns = _columns(metric, rows)
    draws = (metric.of(_drawn(columns, places)) for places in _places(len(rows), metric, seed))
    return _with_interval(metric.of(_whole(columns)), np.concatenate([*draws]))


def difference(
    metric: Metric,
    one: Sequence[Mapping[str, float]],
    other: Sequence[Mapping[str, float]],
    *,
    seed: int = SEED,
) -> Figure:
    """Return how much larger a metric is for `one`, by the paired bootstrap.

    Args:
        metric: What to compute.
        one: The measures of each example.
        other: Those of the same examples, in the same order.
        seed: Of the draws, which are the same for both sides.

    Raises:
        ValueError: The two sides differ in length.
    """
    if len(one) != len(other):
        raise ValueError(f"Paired examples are wanted; found {len(one)} and {len(other)}.")
    if not one:
        return Figure(None)
    first, second = _columns(metric, one), _columns(metric, other)
    draws = (
        metric.of(_drawn(first, places)) - metric.of(_drawn(second, places))
        for places in _places(len(one), metric, seed)
    )
    whole = metric.of(_whole(first)) - metric.of(_whole(second))
    return _with_interval(whole, np.concatenate([*draws]))


def _with_interval(whole: NDArray[np.float64], draws: NDArray[np.float64]) -> Figure:
    if np.isnan(whole[0]):
        return Figure(None)
    tail = (100 - _LEVEL) / 2
    low, high = np.nanpercentile(draws, [tail, 100 - tail])
    return Figure(float(whole[0]), float(low), float(high))


def _places(examples: int, metric: Metric, seed: int) -> list[NDArray[np.int64]]:
    """Draw examples with replacement, `(RESAMPLES, examples)` in pieces that fit in memory."""
    draw = np.random.default_rng(seed)
    most = max(1, _NUMBERS_AT_ONCE // (examples * len(metric.measures)))
    sizes = [min(most, RESAMPLES - done) for done in range(0, RESAMPLES, most)]
    return [draw.integers(examples, size=(size, examples)) for size in sizes]


def _columns(metric: Metric, rows: Sequence[Mapping[str, float]]) -> dict[str, NDArray[np.float64]]:
    return {name: np.array([row[name] for row in rows], dtype=float) for name in metric.measures}


def _whole(columns: Mapping[str, NDArray[np.float64]]) -> Drawn:
    return {name: column[None] for name, column in columns.items()}


def _drawn(columns: Mapping[str, NDArray[np.float64]], places: NDArray[np.int64]) -> Drawn:
    return {name: column[places] for name, column in columns.items()}


def _area(scores: NDArray[np.float64], labels: NDArray[np.float64]) -> float:
    positives, negatives = scores[labels == 1], np.sort(scores[labels == 0])
    if not positives.size or not negatives.size:
        return float("nan")
    below = np.searchsorted(negatives, positives, side="left")
    not_above = np.searchsorted(negatives, positives, side="right")
    return float((below + not_above).mean() / 2 / negatives.size)
