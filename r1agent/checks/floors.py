"""Entailment without a model of language: how far words, directions and denials agree."""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

from r1agent.checks.judging import Ask, Judgement
from r1agent.checks.likeness import FEATURES, compare, content, repeats
from r1agent.checks.polarity import read
from r1agent.words import is_chinese, split_sentences

_SENTENCES = 3  # of the premise, those nearest to the claim
_SHARPNESS = 3  # how much more the nearest one counts than the next
_OPEN = frozenset("whether aim objective hypothesis hypothesize unclear uncertain unknown".split())
_OPEN_PENALTY = 0.3
_KEPT = 512  # vectors of sentences


class Floors:
    """Judge by features of words and, where there are embeddings, of meaning.

    Two logistic regressions over the features of `features`: one tells what speaks of the same
    matter, the other what turns it around. Their weights (`floors.json`) were fitted by
    `benchmarks/train_floors.py` on claims of SciFact (Wadden et al., EMNLP 2020; CC BY 4.0).

    Args:
        embeddings: For closeness in meaning; without it only words count.
    """

    supports_at = 0.0
    """Support is not asked for: a sentence may be true and score low."""
    contradicts_at = 0.55

    def __init__(self, embeddings: Embeddings | None = None) -> None:
        self.embeddings = embeddings
        self._vectors: dict[str, list[float]] = {}

    @property
    def method(self) -> str:
        """How entailment is judged, in the words of the audit."""
        return "word and embedding floors" if self.embeddings else "word floor"

    def judge(self, premise: str, claim: str, *, ask: Ask | None = None) -> Judgement | None:
        """Judge by the sentences of the premise nearest to the claim; None for Chinese."""
        if is_chinese(claim) or is_chinese(premise):
            return None
        sentences = [sentence.text for sentence in split_sentences(premise)] or [premise]
        row = features(claim, sentences, self._cosines(claim, sentences))
        judged = judgement(row, _table("words" if self.embeddings is None else "words_and_meaning"))
        may_be_open = _are_open([claim])[0]
        opened = _are_open(sentences)
        stated = [one for one, is_open in zip(sentences, opened, strict=True) if not is_open]
        if any(repeats(claim, sentence) for sentence in (sentences if may_be_open else stated)):
            return Judgement(judged.supported + judged.contradicted, 0.0)
        return judged

    def _cosines(self, claim: str, sentences: Sequence[str]) -> NDArray[np.float32] | None:
        if self.embeddings is None:
            return None
        vectors = np.array(self._embedded(self.embeddings, sentences), dtype=np.float32)
        query = np.array(self.embeddings.embed_query(claim), dtype=np.float32)
        lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(query)
        found: NDArray[np.float32] = vectors @ query / np.maximum(lengths, np.float32(1e-9))
        return found

    def _embedded(self, embeddings: Embeddings, sentences: Sequence[str]) -> list[list[float]]:
        """Embed the sentences that were not there before: one quote is held against many claims."""
        kept = self._vectors
        new = [sentence for sentence in dict.fromkeys(sentences) if sentence not in kept]
        found = dict(zip(new, embeddings.embed_documents(new), strict=True)) if new else {}
        known = kept | found
        self._vectors = known if len(known) <= _KEPT else found
        return [known[sentence] for sentence in sentences]


def features(
    claim: str, sentences: Sequence[str], cosines: NDArray[np.float32] | None
) -> NDArray[np.float64]:
    """Return what is known about a claim and the sentences that may carry it.

    Args:
        claim: One sentence.
        sentences: At least one.
        cosines: `(n,)`, of the claim with each sentence; None where there are no embeddings.
    """
    compared = np.array([compare(claim, sentence) for sentence in sentences])
    rank: NDArray[np.float64] = compared[:, FEATURES.index("words")] - _OPEN_PENALTY * np.array(
        _are_open(sentences)
    )
    if cosines is not None:
        rank = rank + cosines
    order = np.argsort(-rank, kind="stable")[:_SENTENCES]
    weights = np.clip(rank[order], 0.01, None) ** _SHARPNESS
    mean = weights @ compared[order] / weights.sum()
    words = content(read(claim))
    held = set().union(*(content(read(sentence)) for sentence in sentences))
    whole = [len(words & held) / len(words) if words else 0.0]
    meaning = [] if cosines is None else [float(cosines.max())]
    return np.concatenate([compared[order[0]], mean, whole, meaning])


def judgement(row: NDArray[np.float64], table: dict[str, Any]) -> Judgement:
    """Turn features into probabilities, with the weights of a table."""
    related = _logistic(row, table["related"])
    turned = _logistic(row, table["turned"])
    return Judgement(related * (1 - turned), related * turned)


def _are_open(sentences: Sequence[str]) -> list[bool]:
    """Tell aims and open questions, which state nothing, from statements."""
    return [any(token.word in _OPEN for token in read(sentence)) for sentence in sentences]


def _logistic(row: NDArray[np.float64], fitted: dict[str, Any]) -> float:
    score = float(row @ np.array(fitted["weights"]) + fitted["bias"])
    return float(1 / (1 + np.exp(-score)))


@cache
def _table(name: str) -> dict[str, Any]:
    text = files("r1agent.checks").joinpath("floors.json").read_text(encoding="utf-8")
    table: dict[str, Any] = json.loads(text)[name]
    return table
