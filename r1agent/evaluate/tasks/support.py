"""Citation support: claims with evidence and labels, judged by the gate."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from langchain_core.embeddings import Embeddings

from r1agent.checks.blind_judge import BlindJudge
from r1agent.checks.floors import Floors
from r1agent.checks.nli import load_nli
from r1agent.evaluate.claim_judges import (
    GateOverEvidence,
    Likeness,
    cosines,
    overlaps,
)
from r1agent.evaluate.claims import Label, read_claims, read_documents
from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.metrics import Auc, Share
from r1agent.evaluate.task import Example, Measures, Output, System, Wanted
from r1agent.remembered import RememberedEmbeddings
from r1agent_indexes import load_embeddings

KINDS: dict[Label, str] = {
    "SUPPORT": "supported",
    "REFUTE": "refuted",
    "NEI": "not enough information",
}
_NAN = float("nan")


@dataclass(frozen=True, slots=True)
class SupportTask:
    """Claims, each with a text that supports it, refutes it, or says too little."""

    data: Path
    """A file of claims, or a folder in SciFact's form."""
    split: str = "dev"
    """Which claims of a folder."""
    embeddings: Embeddings | None = field(default=None, compare=False)
    """For judges and baselines; None takes the packaged model."""

    name = "support"
    title = "citation support: do the gate's verdicts on claims agree with experts?"
    metrics = (
        Share("accuracy", "verdicts that agree with the label, of three", "right", "judged"),
        Auc("support AUC", "a supported claim scores above any other", "support", "supported"),
        Auc("refute AUC", "a supported claim leans above a refuted one", "leaning", "not refuted"),
        Share(
            "false support",
            "claims that pass as supported, of those that are not",
            "passed",
            "unsupported",
            higher_is_better=False,
        ),
    )
    papers = None
    needs_model = False

    def examples(self) -> list[Example]:
        """Read the claims.

        Raises:
            EvaluationError: They are not there, or of another form.
        """
        return [
            Example(
                one.id, one.claim, KINDS[one.label], {"evidence": one.evidence, "label": one.label}
            )
            for one in read_claims(self.data.expanduser(), self.split)
        ]

    def systems(self, wanted: Wanted) -> Iterator[System]:
        """Yield the gate with each judge: those without a model, or that of an assistant."""
        if wanted.without:
            raise EvaluationError(
                f"Found --without {', '.join(wanted.without)}. The gate is judged alone here: "
                "leave that out, or measure the loop with `r1agent eval papers`."
            )
        embeddings = RememberedEmbeddings(self.embeddings or load_embeddings())
        if wanted.assistant is not None:
            yield GateOverEvidence(
                "blind judge", BlindJudge(), embeddings, assistant=wanted.assistant
            )
            return
        yield GateOverEvidence("floors", Floors(embeddings), embeddings)
        yield GateOverEvidence("words only", Floors(), None)
        nli = load_nli()
        if nli is not None:
            yield GateOverEvidence("NLI model", nli, embeddings)
        if wanted.baseline:
            yield Likeness("cosine", cosines(embeddings))
            yield Likeness("overlap", overlaps(self._texts()))

    def score(self, example: Example, output: Output) -> Measures:
        """Compare a verdict with the label; where none was to be had it is wrong."""
        label, said = example.data["label"], output.said
        answered = output.outcome == "answered"
        verdict = said.get("verdict") if answered else None
        judged = verdict is not None or not answered
        return {
            "judged": float(judged),
            "right": float(verdict == label),
            "passed": float(label != "SUPPORT" and verdict == "SUPPORT"),
            "unsupported": float(judged and label != "SUPPORT"),
            "support": float(said.get("support", 0.0)),
            "supported": float(label == "SUPPORT"),
            "leaning": float(said.get("leaning", 0.5)),
            "not refuted": _NAN if label == "NEI" else float(label == "SUPPORT"),
        }

    def _texts(self) -> list[str]:
        """Return the texts among which a word is rare or not."""
        evidence = (str(one.data["evidence"]) for one in self.examples())
        return read_documents(self.data.expanduser()) or list(dict.fromkeys(evidence))
