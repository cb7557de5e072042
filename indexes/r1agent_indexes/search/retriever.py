"""A question -> ranked passages: dense and keyword search fused by rank, capped per paper."""

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from r1agent_indexes.embed import unit_rows
from r1agent_indexes.store import Store, Vectors
from r1agent_indexes.vectors.faiss_index import FaissIndex

if TYPE_CHECKING:
    from r1agent_indexes.paper_index import PaperIndex

_DEPTH = 100
"""How many passages each of the two searches hands to the fusion."""
_RANK_CONSTANT = 60
"""k of reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""


class PaperRetriever(BaseRetriever):
    """Retrieve passages of a `PaperIndex` as a langchain-core retriever."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: SkipValidation[Any]
    """The `PaperIndex` to search."""
    k: int = 8
    papers: list[str] | None = None
    """Search these papers only (ids or file names)."""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        papers: Collection[str] | None = None,
    ) -> list[Document]:
        index: PaperIndex = self.index
        return index.search(query, k=k or self.k, papers=papers or self.papers)


def search_passages(
    store: Store,
    vectors: FaissIndex,
    question: str,
    embedding: Sequence[float],
    *,
    k: int,
    papers: Collection[str] | None = None,
) -> list[Document]:
    """Return at most `k` passages with `score` in (0, 1], best first; `papers` are ids."""
    keys = None if papers is None else store.keys_of(papers)
    depth = max(_DEPTH, 4 * k)
    dense = [key for key, _ in vectors.search(query_vector(embedding), k=depth, keys=keys)]
    keywords = store.search_keywords(question, k=depth, papers=papers)
    scores = fuse([dense, keywords])
    passages = store.passages(list(scores))
    ranked = [
        scored(passages[key], score)
        for key, score in scores.items()
        if key in passages and "paper" in passages[key].metadata
    ]
    return _cap(ranked, k=k, most=k if papers is not None else max(4, 3 * k // 4))


def fuse(rankings: Sequence[Sequence[int]]) -> dict[int, float]:
    """Return scores by key, best first; 1.0 is first in every ranking.

    Reciprocal rank fusion, score(d) = sum over rankings of 1 / (60 + rank(d)), scaled to 1.
    """
    scores: defaultdict[int, float] = defaultdict(float)
    for ranking in rankings:
        for rank, key in enumerate(ranking, 1):
            scores[key] += (_RANK_CONSTANT + 1) / (_RANK_CONSTANT + rank) / len(rankings)
    return dict(sorted(scores.items(), key=lambda item: (-item[1], item[0])))


def query_vector(embedding: Sequence[float]) -> Vectors:
    """Return `(d,)` float32 of unit length."""
    vectors: Vectors = unit_rows(np.asarray([embedding], dtype=np.float32))
    return vectors.reshape(-1)


def scored(passage: Document, score: float) -> Document:
    """Return a passage with its score in the metadata."""
    return passage.model_copy(update={"metadata": {**passage.metadata, "score": round(score, 6)}})


def _cap(ranked: Sequence[Document], *, k: int, most: int) -> list[Document]:
    """Keep `k`, at most `most` of one paper as long as others are left to show."""
    seen: Counter[str] = Counter()
    within: list[Document] = []
    beyond: list[Document] = []
    for passage in ranked:
        seen[passage.metadata["paper"]] += 1
        (within if seen[passage.metadata["paper"]] <= most else beyond).append(passage)
    kept = within[:k] + beyond[: max(0, k - len(within))]
    return sorted(kept, key=lambda passage: -passage.metadata["score"])
