"""The bare parts of a search by words and by meaning, as a short script would use them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import numpy as np

_DEPTH = 1000
_RANK_CONSTANT = 60


class BareSearch:
    """bm25s (Lucene's formula, stemmed) and exact cosines over whole abstracts."""

    def __init__(
        self,
        papers: Mapping[str, tuple[str, str]],
        embed: Callable[[list[str]], Sequence[Sequence[float]]],
        folder: Path,
    ) -> None:
        """Index the words, and embed the papers unless `folder` holds their embeddings."""
        import bm25s
        import Stemmer

        self._names = list(papers)
        texts = [f"{title} {text}" for title, text in papers.values()]
        self._stemmer = Stemmer.Stemmer("english")
        self._words = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        self._words.index(self._cut(texts), show_progress=False)
        kept = folder / "bare.npy"
        if not kept.is_file():
            np.save(kept, np.asarray(embed(texts), dtype=np.float32))
        self._vectors = np.load(kept)

    def by_words(self, text: str) -> dict[str, float]:
        """Return BM25 by paper."""
        words = self._cut([text])
        if not words[0]:
            return {}
        return self._highest(self._words.get_scores(words[0]), at_least=1e-9)

    def by_meaning(self, embedding: Sequence[float]) -> dict[str, float]:
        """Return cosines by paper."""
        return self._highest(self._vectors @ np.asarray(embedding, dtype=np.float32))

    def fused(self, text: str, embedding: Sequence[float]) -> dict[str, float]:
        """Return reciprocal ranks summed over both (Cormack, Clarke and Buettcher 2009)."""
        fused: dict[str, float] = {}
        for ranking in (self.by_words(text), self.by_meaning(embedding)):
            for rank, name in enumerate(ranking, 1):
                fused[name] = fused.get(name, 0.0) + 1 / (_RANK_CONSTANT + rank)
        return fused

    def _cut(self, texts: list[str]) -> list[list[str]]:
        import bm25s

        cut: list[list[str]] = bm25s.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False
        )
        return cut

    def _highest(self, scores: np.ndarray, at_least: float = -1.0) -> dict[str, float]:
        best = np.argsort(-scores, kind="stable")[:_DEPTH]
        return {self._names[at]: float(scores[at]) for at in best if scores[at] >= at_least}
