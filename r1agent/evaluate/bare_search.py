"""The bare parts of a search by words and by meaning, as a short script would use them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from r1agent.evaluate.beir import Titled

_DEPTH = 1000
_RANK_CONSTANT = 60
_AT_ONCE = 4096
"""Texts embedded at once; a whole corpus of them would fill the memory with lists."""


class BareWords:
    """BM25 by bm25s (Lucene's formula, stemmed) over whole documents."""

    def __init__(self, documents: Mapping[str, Titled]) -> None:
        """Index the words; raises ImportError where bm25s is not installed."""
        import bm25s  # type: ignore[import-untyped]
        import snowballstemmer

        self._names = list(documents)
        self._stemmer = snowballstemmer.stemmer("english")
        self._words = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        self._words.index(self._cut(_texts(documents)), show_progress=False)

    def __call__(self, text: str) -> dict[str, float]:
        """Return BM25 by document."""
        words = self._cut([text])
        if not words[0]:
            return {}
        return _highest(self._names, self._words.get_scores(words[0]), at_least=1e-9)

    def _cut(self, texts: Sequence[str]) -> list[list[str]]:
        import bm25s

        cut: list[list[str]] = bm25s.tokenize(
            list(texts),
            stopwords="en",
            stemmer=self._stemmer,
            return_ids=False,
            show_progress=False,
        )
        return cut


class BareMeaning:
    """Exact cosines over the embeddings of whole documents.

    Args:
        documents: By id.
        embeddings: Give vectors of unit length.
        kept: Where the `(n, d)` float32 embeddings are kept; read where they are there.
    """

    def __init__(self, documents: Mapping[str, Titled], embeddings: Embeddings, kept: Path) -> None:
        self._names = list(documents)
        self._embeddings = embeddings
        if not kept.is_file():
            part = kept.with_suffix(".part.npy")
            np.save(part, _embedded(_texts(documents), embeddings))
            part.replace(kept)
        self._vectors = np.load(kept)

    def __call__(self, text: str) -> dict[str, float]:
        """Return cosines by document."""
        vector = np.asarray(self._embeddings.embed_query(text), dtype=np.float32)
        return _highest(self._names, self._vectors @ vector)


def fused(rankings: Iterable[Mapping[str, float]]) -> dict[str, float]:
    """Return reciprocal ranks summed (Cormack, Clarke and Buettcher, SIGIR 2009)."""
    summed: dict[str, float] = {}
    for ranking in rankings:
        for rank, name in enumerate(ranking, 1):
            summed[name] = summed.get(name, 0.0) + 1 / (_RANK_CONSTANT + rank)
    return summed


def _texts(documents: Mapping[str, Titled]) -> list[str]:
    return [f"{one.title} {one.text}" for one in documents.values()]


def _embedded(texts: Sequence[str], embeddings: Embeddings) -> NDArray[np.float32]:
    starts = range(0, len(texts), _AT_ONCE)
    parts = (embeddings.embed_documents([*texts[at : at + _AT_ONCE]]) for at in starts)
    return np.concatenate([np.asarray(part, dtype=np.float32) for part in parts])


def _highest(
    names: Sequence[str], scores: NDArray[np.float32], at_least: float = -1.0
) -> dict[str, float]:
    best = np.argsort(-scores, kind="stable")[:_DEPTH]
    return {names[at]: float(scores[at]) for at in best if scores[at] >= at_least}
