"""A question -> ranked passages: by meaning and by words, fused, capped per paper."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, SkipValidation

from r1agent_indexes.embed import unit_rows
from r1agent_indexes.search.diversity import least_repeated, within_cap
from r1agent_indexes.search.fusion import Scores, fuse
from r1agent_indexes.search.neighbours import share_scores
from r1agent_indexes.search.results import with_facts
from r1agent_indexes.store import Store, Vectors
from r1agent_indexes.types import PaperFilter
from r1agent_indexes.vectors.protocol import VectorIndex

if TYPE_CHECKING:
    from r1agent_indexes.paper_index import PaperIndex

_DEPTH = 100
"""How many passages each of the two searches hands to the fusion; on SciFact's training questions
nDCG@10 is .739 with 100 and .736 with 200, and a query reads half as many embeddings."""
_RERANKED = 50
"""How many passages a reranker reads."""


class PaperRetriever(BaseRetriever):
    """Retrieve passages of a `PaperIndex` as a langchain-core retriever."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: SkipValidation[Any]
    """The `PaperIndex` to search."""
    k: int = 8
    papers: list[str] | None = None
    """Search these papers only (ids or file names)."""
    where: PaperFilter | None = None
    """Search the papers that fit only."""
    diversity: float = 0.0
    """From 0 to 1: how much a passage loses by being like one before it."""
    reranker: SkipValidation[BaseDocumentCompressor] | None = None
    """Puts the best passages in an order of its own."""

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,
        k: int | None = None,
        papers: Collection[str] | None = None,
        where: PaperFilter | None = None,
    ) -> list[Document]:
        index: PaperIndex = self.index
        return index.search(
            query,
            k=k or self.k,
            papers=papers or self.papers,
            where=where or self.where,
            diversity=self.diversity,
            reranker=self.reranker,
        )


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How passages are chosen from those that both searches find."""

    diversity: float = 0.0
    """From 0 to 1: how much a passage loses by being like one before it."""
    reranker: BaseDocumentCompressor | None = None
    """Puts the best passages in an order of its own and gives them its scores."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages of papers that either search found."""

    keys: list[int]
    papers: list[str]
    vectors: Vectors
    cosines: Scores
    scores: Scores


def search_passages(
    store: Store,
    vectors: VectorIndex,
    question: str,
    embedding: Sequence[float],
    *,
    k: int,
    papers: Collection[str] | None = None,
    options: SearchOptions | None = None,
) -> list[Document]:
    """Return at most `k` passages with `score` in [0, 1] and `similarity`, best first.

    `similarity` is the cosine of passage and question, however the passage was found. A reranker
    replaces `score` by its own.

    Args:
        store: The papers.
        vectors: Their embeddings.
        question: What is asked.
        embedding: Its embedding.
        k: How many passages, at most.
        papers: Search these only (ids).
        options: How to choose among what is found.
    """
    options = options or SearchOptions()
    found = _candidates(store, vectors, question, query_vector(embedding), k=k, papers=papers)
    reranker = options.reranker
    wanted = k if reranker is None else max(_RERANKED, k)
    order = _chosen(found, k=wanted, capped=papers is None, diversity=options.diversity)
    texts = store.passages([found.keys[at] for at in order])
    passages = [
        with_facts(
            texts[found.keys[at]],
            score=round(float(found.scores[at]), 6),
            similarity=round(float(found.cosines[at]), 6),
        )
        for at in order
        if found.keys[at] in texts
    ]
    if reranker is None:
        return passages
    reranked = _reranked(passages, question, reranker)
    owners = [passage.metadata["paper"] for passage in reranked]
    most = _most_of_one(k, capped=papers is None)
    return [reranked[at] for at in within_cap(range(len(reranked)), owners, k=k, most=most)]


def _reranked(
    passages: Sequence[Document], question: str, reranker: BaseDocumentCompressor
) -> list[Document]:
    """Have the best read again; the others follow as they were, with no higher score."""
    first = list(reranker.compress_documents(passages[:_RERANKED], question))
    lowest = min((passage.metadata["score"] for passage in first), default=0.0)
    return first + [
        with_facts(passage, score=min(passage.metadata["score"], lowest))
        for passage in passages[_RERANKED:]
    ]


def query_vector(embedding: Sequence[float]) -> Vectors:
    """Return `(d,)` float32 of unit length."""
    vectors: Vectors = unit_rows(np.asarray([embedding], dtype=np.float32))
    return vectors.reshape(-1)


def _candidates(
    store: Store,
    vectors: VectorIndex,
    question: str,
    vector: Vectors,
    *,
    k: int,
    papers: Collection[str] | None,
) -> Candidates:
    """Search both ways, and score all that is found by both measures."""
    depth = max(_DEPTH, k)
    keys = None if papers is None else store.keys_of(papers)
    near = vectors.search(vector, k=depth, keys=keys)
    keywords = dict(store.search_keywords(question, k=depth, papers=papers))
    found = store.owned([*keywords, *(key for key, _ in near)])
    cosines = found.vectors @ vector
    words = np.array([keywords.get(key, 0.0) for key in found.keys], dtype=np.float32)
    scores = share_scores(fuse(cosines, words), found.vectors, found.papers)
    return Candidates(found.keys, found.papers, found.vectors, cosines, scores)


def _chosen(found: Candidates, *, k: int, capped: bool, diversity: float) -> list[int]:
    """Return the positions of the passages to show, best first."""
    ranked = np.argsort(-found.scores, kind="stable").tolist()
    spread = least_repeated(ranked, found.scores, found.vectors, diversity=diversity, k=k)
    return within_cap(spread, found.papers, k=k, most=_most_of_one(k, capped=capped))


def _most_of_one(k: int, *, capped: bool) -> int:
    return max(4, 3 * k // 4) if capped else k
