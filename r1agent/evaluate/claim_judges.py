"""What judges claims: the gate with a judge of entailment, and measures of likeness beside it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from math import fsum

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent.asking import judge_of
from r1agent.assistant import ResearchAssistant
from r1agent.checks.judging import Ask, Judge, Judgement
from r1agent.checks.standard import standard_checks
from r1agent.citations import CitationGate, Draft
from r1agent.evaluate.judge_run import cost_of, judge_run
from r1agent.evaluate.task import Example, Output
from r1agent.evidence import Evidence
from r1agent.quotes import choose_quotes
from r1agent.types import Citation, Outcome, Support
from r1agent.words import content_words

_NOTHING = Judgement(0.0, 0.0)
_VERDICTS: dict[Support, str] = {"supported": "SUPPORT", "contradicted": "REFUTE"}
_ID = "evidence"


class GateOverEvidence:
    """The gate as users get it: quotes are chosen from the evidence, then every check runs.

    Its verdict is `SUPPORT`, `REFUTE` where it is contradicted, `NEI` for all else. Beside it
    stands how likely the judge of entailment alone finds support and contradiction.

    Args:
        name: Which judge it is.
        judge: Judges entailment.
        embeddings: For the gate's check of closeness in meaning.
        assistant: Whose model the judge asks, once for a claim, with the chosen quotes. Without it
            the likelihoods are of the whole evidence.
    """

    def __init__(
        self,
        name: str,
        judge: Judge,
        embeddings: Embeddings | None,
        *,
        assistant: ResearchAssistant | None = None,
    ) -> None:
        self.name = name
        self.model = assistant.model_name if assistant else ""
        self._judge = judge
        self._embeddings = embeddings
        self._assistant = assistant

    def __call__(self, example: Example) -> Output:
        """Judge one claim."""
        if self._assistant is None:
            verdict = self._verdict(example, self._judge)
            alone = self._judge.judge(str(example.data["evidence"]), example.question)
            return Output(_said(verdict, alone or _NOTHING))
        run = judge_run(self._assistant, example.id)
        judged = self._judge.judge(quoted(example), example.question, ask=judge_of(run))
        verdict = self._verdict(example, _Given(self._judge, judged))
        outcome: Outcome = "failed" if judged is None else "answered"
        return Output(_said(verdict, judged or _NOTHING), outcome, cost_of(run))

    def _verdict(self, example: Example, judge: Judge) -> str:
        gate = CitationGate(standard_checks(self._embeddings, judge=judge))
        draft = Draft(example.question, _quotes(example))
        claim = gate.judge(draft, Evidence({_ID: _passage(example)}))
        return _VERDICTS.get(claim.verdict.support, "NEI")


class Likeness:
    """A score of how alike claim and evidence are; it gives no verdict.

    Args:
        name: What is measured.
        score: Of claim and evidence, higher is more alike.
    """

    model = ""

    def __init__(self, name: str, score: Callable[[str, str], float]) -> None:
        self.name = name
        self._score = score

    def __call__(self, example: Example) -> Output:
        """Score one claim."""
        score = self._score(example.question, str(example.data["evidence"]))
        return Output({"verdict": None, "support": score, "leaning": score})


def quoted(example: Example) -> str:
    """Return the quotes that the program would choose for a claim, a line each."""
    return "\n".join(citation.quote for citation in _quotes(example))


def _quotes(example: Example) -> tuple[Citation, ...]:
    return choose_quotes(example.question, [_passage(example)])


def _passage(example: Example) -> Document:
    return Document(str(example.data["evidence"]), id=_ID)


def cosines(embeddings: Embeddings) -> Callable[[str, str], float]:
    """Return the cosine of claim and whole evidence, of embeddings that have unit length."""

    def cosine(claim: str, text: str) -> float:
        vectors = np.array(embeddings.embed_documents([claim, text]), dtype=np.float32)
        return float((vectors[1] * vectors[0]).sum())

    return cosine


def overlaps(texts: Iterable[str]) -> Callable[[str, str], float]:
    """Return the share of a claim's words in a text, each weighed by how rare it is in `texts`.

    A word weighs its inverse document frequency (Spärck Jones, J. Documentation 28, 1972).
    """
    held = [set(content_words(text)) for text in texts]
    counts: dict[str, int] = {}
    for word in (word for words in held for word in words):
        counts[word] = counts.get(word, 0) + 1

    def rarity(word: str) -> float:
        return float(np.log(len(held) / (counts.get(word, 0) + 1)))

    def overlap(claim: str, text: str) -> float:
        words = set(content_words(claim))
        total = fsum(map(rarity, words))  # exact, since the order of a set is another each time
        return fsum(map(rarity, words & set(content_words(text)))) / total if total else 0.0

    return overlap


class _Given:
    """A judge that has judged: it repeats what it said of the one claim and its quotes."""

    def __init__(self, judge: Judge, judgement: Judgement | None) -> None:
        self.supports_at = judge.supports_at
        self.contradicts_at = judge.contradicts_at
        self.method = judge.method
        self._judgement = judgement

    def judge(self, premise: str, claim: str, *, ask: Ask | None = None) -> Judgement | None:
        """Return what was said before."""
        return self._judgement


def _said(verdict: str, judgement: Judgement) -> dict[str, str | float]:
    total = judgement.supported + judgement.contradicted
    return {
        "verdict": verdict,
        "support": judgement.supported,
        "contradiction": judgement.contradicted,
        "leaning": judgement.supported / total if total else 0.5,
    }
