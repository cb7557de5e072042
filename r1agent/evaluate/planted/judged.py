"""True pairs and planted faults as examples, put to the gate as users get it, and scored."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from functools import cached_property
from typing import Any

from langchain_core.embeddings import Embeddings

from r1agent.asking import judge_of
from r1agent.assistant import ResearchAssistant
from r1agent.checks.judging import Judge
from r1agent.checks.standard import standard_checks
from r1agent.citations import CitationGate, Draft
from r1agent.evaluate.judge_run import cost_of, judge_run
from r1agent.evaluate.metrics import Metric, Share
from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.faults import Fault
from r1agent.evaluate.planted.pairs import Pair
from r1agent.evaluate.task import Example, Measures, Output
from r1agent.evidence import Evidence
from r1agent.remembered import RememberedEmbeddings
from r1agent.types import Citation

TRUE = "true sentence"
"""The kind of an example that nothing was planted in."""
FAULT_METRICS: tuple[Metric, ...] = (
    Share("faults caught", "planted faults that the gate does not let pass", "caught", "fault"),
    Share(
        "true rejected",
        "true sentences that the gate does not let pass",
        "rejected",
        "true",
        higher_is_better=False,
    ),
)
"""What `score_fault` measures for."""


def fault_examples(pairs: Sequence[Pair], faults: Iterable[Fault]) -> list[Example]:
    """Return the true pairs, then the faults, each as an example of its kind."""
    true = [
        _example(f"true-{number}", TRUE, pair.claim, pair.citation)
        for number, pair in enumerate(pairs)
    ]
    wrong = [
        _example(f"{one.kind}-{one.pair}", one.kind.replace("_", " "), one.claim, one.citation)
        for one in faults
    ]
    return true + wrong


def _example(name: str, kind: str, claim: str, citation: Citation) -> Example:
    return Example(name, claim, kind, {"citation": asdict(citation)})


def score_fault(example: Example, output: Output) -> Measures:
    """Return whether a fault was caught, or a true sentence rejected; no verdict is wrong."""
    passed = output.said.get("verdict") == "supported"
    judged = "verdict" in output.said
    is_true = example.kind == TRUE
    return {
        "fault": float(not is_true),
        "caught": float(not is_true and judged and not passed),
        "true": float(is_true),
        "rejected": float(is_true and not passed),
    }


class PlantedGate:
    """The gate over a corpus whose passages are all evidence.

    Args:
        name: Which gate it is.
        corpus: Where quotes are looked up.
        embeddings: For its check of closeness in meaning.
        judge: What judges entailment; by default `Floors`.
        assistant: Whose model a judge may ask.
    """

    def __init__(
        self,
        name: str,
        corpus: Corpus,
        embeddings: Embeddings | None,
        *,
        judge: Judge | None = None,
        assistant: ResearchAssistant | None = None,
    ) -> None:
        self.name = name
        self.model = assistant.model_name if assistant else ""
        self._assistant = assistant
        remembered = RememberedEmbeddings(embeddings) if embeddings else None
        self._gate = CitationGate(standard_checks(remembered, judge=judge), corpus.page_text)
        self._evidence = _Held(corpus.passages)

    def __call__(self, example: Example) -> Output:
        """Judge one sentence with its citation."""
        draft = Draft(example.question, (_citation(example.data["citation"]),))
        run = judge_run(self._assistant, example.id) if self._assistant else None
        ask = judge_of(run) if run else None
        verdict = self._gate.judge(draft, self._evidence, ask=ask).verdict
        said = {"verdict": verdict.support, "reasons": list(verdict.reasons)}
        return Output(said, usage=cost_of(run)) if run else Output(said)


class _Held(Evidence):
    """Evidence that stays as it is, so that the texts of its papers are joined once."""

    @cached_property
    def texts(self) -> dict[str, str]:
        return Evidence(self.passages).texts


def _citation(data: Mapping[str, Any]) -> Citation:
    return Citation(**{**data, "authors": tuple(data["authors"])})
