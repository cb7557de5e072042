"""The user's own papers, without labels: what gate, search and model make of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from pathlib import Path
from typing import ClassVar

from langchain_core.embeddings import Embeddings

from r1agent.assistant import ResearchAssistant
from r1agent.checks.nli import load_nli
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import Metric
from r1agent.evaluate.own.making import Made, make_examples
from r1agent.evaluate.own.metrics import OWN_METRICS, score_own
from r1agent.evaluate.own.systems import DEPTH, GateAndSearch, Questioned
from r1agent.evaluate.own.written import WrittenQuestion, write_question
from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.judged import PlantedGate
from r1agent.evaluate.systems.loop import loop_systems
from r1agent.evaluate.systems.plain import PlainRetrieval
from r1agent.evaluate.systems.search import find_passages, search_of
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent_indexes import PaperIndex

COUNT = 100
PAPERS = 60


@dataclass(frozen=True, slots=True)
class OwnPapersTask:
    """Sentences, planted faults and questions made from the papers of an index.

    Args:
        index: The folder of the index.
        count: So many true sentences, planted faults and questions, at most; half as many that the
            model writes itself, and half as many that no paper answers.
        seed: Of every draw.
        most_papers: Papers that they are made from, drawn where the index holds more; the search
            is over all.
        embeddings: The model that the index was built with; None takes the packaged one.
    """

    index: Path
    count: int = COUNT
    seed: int = 0
    most_papers: int = PAPERS
    embeddings: Embeddings | None = field(default=None, compare=False)
    _made: list[Made] = field(default_factory=list, init=False, repr=False, compare=False)

    name: ClassVar[str] = "self"
    title: ClassVar[str] = "Your own papers, without labels"
    papers: ClassVar[Path | None] = None
    needs_model: ClassVar[bool] = False
    metrics: ClassVar[Sequence[Metric]] = OWN_METRICS

    @property
    def notes(self) -> list[str]:
        """Say how the examples came about, and what could not be measured."""
        return self._all().notes

    def examples(self) -> Sequence[Example]:
        """Make the examples; the same ones for the same index and seed.

        Raises:
            EvaluationError: The index holds no paper with text, or none with whole sentences.
            PaperIndexError: The index cannot be used.
        """
        made = self._all()
        if not made.examples:
            raise EvaluationError(
                f"Nothing could be made of the papers in {str(self.index)!r}. Wanted: papers with "
                "whole sentences in English or Chinese; add some with `r1agent index add`."
            )
        return made.examples

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield gate and search, or the loop of an assistant, and one prompt beside it.

        Raises:
            EvaluationError: The assistant has no papers, or not a part that is to be left out.
        """
        if wanted.assistant is None:
            with PaperIndex.open(self.index, embeddings=self.embeddings) as index:
                yield GateAndSearch(
                    self._gate(index.embeddings),
                    lambda question: index.search(question, k=DEPTH),
                    index.embeddings,
                )
            return
        search = search_of(wanted.assistant)
        write = _writer(wanted.assistant, self._all().corpus)
        plain = [PlainRetrieval(wanted.assistant)] if wanted.baseline else []
        for system in chain(loop_systems(wanted.assistant, wanted.without), plain):
            yield Questioned(system, lambda question: find_passages(search, question, DEPTH), write)

    def score(self, example: Example, output: Output) -> Measures:
        """Return what an output adds to the metrics."""
        return score_own(example, output)

    def _gate(self, embeddings: Embeddings) -> PlantedGate:
        """Return the gate as it judges for users: with an NLI model where one is there."""
        nli = load_nli()
        name = "gate" if nli is None else "gate with NLI model"
        return PlantedGate(name, self._all().corpus, embeddings, judge=nli)

    def _all(self) -> Made:
        if not self._made:
            with PaperIndex.open(self.index, embeddings=self.embeddings) as index:
                made = make_examples(
                    index, count=self.count, papers=self.most_papers, seed=self.seed
                )
            self._made.append(made)
        return self._made[0]


def _writer(assistant: ResearchAssistant, corpus: Corpus) -> Callable[[Example], WrittenQuestion]:
    """Return what writes a question about a passage once, for all systems of a model."""

    @cache
    def write(passage: str) -> WrittenQuestion:
        return write_question(corpus.passages[passage], assistant)

    return lambda example: write(str(example.data["passage"]))
