"""Retrieval: are the documents that answer a question among the first that are found?"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.embeddings import Embeddings

from r1agent.evaluate.bare_search import BareMeaning, BareWords, fused
from r1agent.evaluate.beir import Collection, read_collection
from r1agent.evaluate.collection_index import Ranking, collection_folder, open_collection
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import Share
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent_indexes import load_embeddings, load_reranker

_DEPTH = 100
"""Documents of a ranking that are kept: as many as the metrics look at."""


@dataclass(frozen=True, slots=True)
class Searched:
    """One way to search."""

    name: str
    search: Callable[[str], Ranking]
    model: str = ""

    def __call__(self, example: Example) -> Output:
        """Search for one question; of equal scores the order is that of trec_eval."""
        found = self.search(example.question)
        best = sorted(found.items(), key=lambda pair: pair[::-1], reverse=True)[:_DEPTH]
        return Output({"ranking": [list(pair) for pair in best]})


@dataclass(frozen=True, slots=True)
class RetrievalTask:
    """Questions of a test collection in BEIR's form, put to the search of an index."""

    data: Path
    """Folder with `corpus.jsonl`, `queries.jsonl` and `qrels/`."""
    split: str = "test"
    """Which judgements."""
    cache: Path = field(default=Path("~/.cache/r1agent/eval"), compare=False)
    """Folder for the index, which is built once for a corpus and an embedding model."""
    reranker: str | None = None
    """`late`, or the name of a cross-encoder: then the search is also tried with it."""
    embeddings: Embeddings | None = field(default=None, compare=False)
    """The model of the index; None takes the packaged one."""
    order: BaseDocumentCompressor | None = field(default=None, compare=False)
    """A reranker that is made already, in the place of `reranker`."""
    _held: list[Collection] = field(default_factory=list, init=False, repr=False, compare=False)

    name = "retrieval"
    title = "retrieval: are the documents that answer among the first found?"
    metrics = (
        Share("nDCG@10", "how near the first ten come to the best order", "nDCG@10"),
        Share("recall@100", "documents that answer, of the first hundred", "R@100"),
        Share("MRR@10", "1 / the place of the first that answers, of ten", "RR@10"),
    )
    papers = None
    """The documents are indexed here."""
    needs_model = False

    @property
    def notes(self) -> list[str]:
        """Say what could not be measured."""
        if find_spec("bm25s") is not None:
            return []
        return ["bm25s is not installed, so the bare keyword search is not beside ours."]

    def examples(self) -> list[Example]:
        """Read the questions that are judged, in the order of the judgements.

        Raises:
            EvaluationError: The folder is of another form, or what scores is not installed.
        """
        if find_spec("ir_measures") is None:
            raise EvaluationError(
                "Rankings are scored by ir-measures, which is not installed. Install it with "
                "`pip install 'r1agent[eval]'`."
            )
        held = self._collection()
        return [
            Example(name, text, data={"judged": held.judged[name]})
            for name, text in held.questions.items()
        ]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield the search as it comes, reranked, by words or meaning alone, and bare parts."""
        unknown = [part for part in wanted.without if part != "rerank"]
        if unknown:
            raise EvaluationError(
                f"Found --without {', '.join(unknown)}. A search has none of that: leave it out, "
                "or measure the loop with `r1agent eval papers`."
            )
        if wanted.assistant is not None:
            return
        embeddings = self.embeddings or load_embeddings()
        embeddings.embed_query(self.title)  # so that no question waits for the model to load
        documents = self._collection().documents
        folder = collection_folder(self.cache.expanduser(), documents, embeddings)
        with open_collection(documents, embeddings, folder) as index:
            yield Searched("default", index.searched)
            order = self.order or (self.reranker and load_reranker(self.reranker, embeddings))
            if order:
                yield Searched("with reranker", lambda text: index.searched(text, order))
            yield Searched("words", index.by_words)
            yield Searched("meaning", index.by_meaning)
            if wanted.baseline:
                yield from self._bare(embeddings, folder)

    def score(self, example: Example, output: Output) -> Measures:
        """Score a ranking as trec_eval does."""
        found = {str(name): float(value) for name, value in output.said.get("ranking", ())}
        return score_ranking(found, example.data["judged"])

    def _collection(self) -> Collection:
        if not self._held:
            self._held.append(read_collection(self.data.expanduser(), self.split))
        return self._held[0]

    def _bare(self, embeddings: Embeddings, folder: Path) -> Iterator[System]:
        documents = self._collection().documents
        by_meaning = BareMeaning(documents, embeddings, folder / "bare.npy")
        by_words = BareWords(documents) if find_spec("bm25s") is not None else None
        if by_words:
            yield Searched("bm25s", by_words)
        yield Searched("bare dense", by_meaning)
        if by_words:
            yield Searched("bm25s and bare dense", _both([by_words, by_meaning]))


def score_ranking(found: Ranking, judged: dict[str, int]) -> dict[str, float]:
    """Return nDCG@10, recall@100 and MRR@10 of one question, by ir-measures.

    Args:
        found: Scores by document, higher is better.
        judged: Grades by document.
    """
    import ir_measures
    from ir_measures import RR, R, nDCG

    measures = {str(one): one for one in (nDCG @ 10, R @ 100, RR @ 10)}
    values = ir_measures.calc_aggregate(measures.values(), {"": judged}, {"": found})
    return {name: float(values[measure]) for name, measure in measures.items()}


def _both(searches: Sequence[Callable[[str], Ranking]]) -> Callable[[str], Ranking]:
    return lambda text: fused(search(text) for search in searches)
