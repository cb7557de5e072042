"""Planted faults: does the gate catch sentences made wrong, and let the true ones through?"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.embeddings import Embeddings

from r1agent.checks.blind_judge import BlindJudge
from r1agent.checks.nli import load_nli
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.planted.corpus import Corpus, corpus_of_folder
from r1agent.evaluate.planted.faults import plant
from r1agent.evaluate.planted.judged import (
    FAULT_METRICS,
    PlantedGate,
    fault_examples,
    score_fault,
)
from r1agent.evaluate.planted.pairs import make_pairs
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent_indexes import load_embeddings


@dataclass(frozen=True, slots=True)
class FaultsTask:
    """True sentences of a folder of papers, and the same made wrong by rules."""

    data: Path
    """A folder of papers."""
    pairs: int = 300
    """True sentences, at most; each gives about six faults."""
    seed: int = 20260101
    """Of sentences and faults."""
    embeddings: Embeddings | None = field(default=None, compare=False)
    """For the gate; None takes the packaged model."""
    _held: list[Corpus] = field(default_factory=list, init=False, repr=False, compare=False)

    name = "faults"
    title = "planted faults: sentences made wrong by rules, judged by the gate"
    metrics = FAULT_METRICS
    papers = None
    """The gate reads the papers itself."""
    needs_model = False

    @property
    def notes(self) -> list[str]:
        """Say which papers could not be read."""
        return [f"Left out: {reason}" for reason in self.corpus().unread.values()]

    def corpus(self) -> Corpus:
        """Read the papers once.

        Raises:
            EvaluationError: There are none that can be read.
        """
        if not self._held:
            self._held.append(corpus_of_folder(self.data))
        return self._held[0]

    def examples(self) -> list[Example]:
        """Make the true sentences, and plant what faults apply into each of them.

        Raises:
            EvaluationError: There are no papers, or no sentence in them that can stand alone.
        """
        corpus = self.corpus()
        pairs = make_pairs(corpus, count=self.pairs, seed=self.seed)
        if not pairs:
            raise EvaluationError(
                f"The papers of {str(self.data)!r} hold no sentence that can stand alone. Wanted "
                "running text in English; give a folder of other papers."
            )
        return fault_examples(pairs, plant(pairs, corpus, seed=self.seed))

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield the gate as it judges without a model, or with that of an assistant as judge."""
        if wanted.without:
            raise EvaluationError(
                f"Found --without {', '.join(wanted.without)}. The gate is judged alone here: "
                "leave that out, or measure the loop with `r1agent eval papers`."
            )
        embeddings = self.embeddings or load_embeddings()
        if wanted.assistant is not None:
            yield PlantedGate(
                "gate with blind judge",
                self.corpus(),
                embeddings,
                judge=BlindJudge(),
                assistant=wanted.assistant,
            )
            return
        yield PlantedGate("gate", self.corpus(), embeddings)
        nli = load_nli()
        if nli is not None:
            yield PlantedGate("gate with NLI model", self.corpus(), embeddings, judge=nli)

    def score(self, example: Example, output: Output) -> Measures:
        """Return whether a fault was caught, or a true sentence rejected."""
        return score_fault(example, output)
