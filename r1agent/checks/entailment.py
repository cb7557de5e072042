"""Entailment: the quotes say what the sentence says, judged by words and by embeddings."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.numbers import numbers_in
from r1agent.words import content_words

QUESTION_WEIGHT = 0.3
"""A word that the question already has proves less when the quote has it too."""


class EntailmentCheck:
    """Ask for enough of the claim's words in its quotes, or for closeness in meaning.

    Both are floors, not proof: similarity cannot see a negation or a changed number, which have
    checks of their own.

    Args:
        embeddings: For closeness in meaning; without it only words count.
        words: Share of the claim's content words (0 to 1) that the quotes must hold.
        loose_words: The share that is enough where the cosine reaches `cosine`.
        cosine: Cosine similarity of claim and best quote.
    """

    name = "entailment"

    def __init__(
        self,
        embeddings: Embeddings | None = None,
        *,
        words: float = 0.6,
        loose_words: float = 0.35,
        cosine: float = 0.6,
    ) -> None:
        self.embeddings = embeddings
        self.words = words
        self.loose_words = loose_words
        self.cosine = cosine

    @property
    def method(self) -> str:
        """How entailment is judged, in the words of the audit."""
        return "word and embedding floors" if self.embeddings else "word floor"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where the quotes do not carry the claim's words and meaning."""
        if not sources.quotes:
            return None
        if not content_words(claim) and not any(numbers_in(claim)):
            return Finding("unsupported", "says nothing that a quote could carry")
        share = coverage(claim, " ".join(sources.quotes), sources)
        if share >= self.words:
            return None
        if share < self.loose_words:
            return Finding("unsupported", f"only {share:.0%} of its words are in the quote")
        nearest = self._nearest(claim, sources.quotes)
        if nearest >= self.cosine:
            return None
        return Finding("partly", f"{share:.0%} of its words are in the quote, which says less")

    def _nearest(self, claim: str, quotes: Sequence[str]) -> float:
        if self.embeddings is None:
            return 0.0
        vector = self.embeddings.embed_query(claim)
        others = self.embeddings.embed_documents(list(quotes))
        return max(cosine(vector, other) for other in others)


def coverage(claim: str, quoted: str, sources: Sources) -> float:
    """Share of the claim's content words that stand in the quotes (0 to 1).

    Words of the question weigh less; words of the paper's title weigh nothing when the quote lacks
    them, since a sentence may name the paper that it cites.
    """
    asked = set(content_words(sources.question))
    held = set(content_words(quoted))
    named = set(content_words(sources.context)) - held
    words = [word for word in dict.fromkeys(content_words(claim)) if word not in named]
    weights = {word: QUESTION_WEIGHT if word in asked else 1.0 for word in words}
    total = sum(weights.values())
    return sum(weights[word] for word in words if word in held) / total if total else 1.0


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the cosine of two vectors (-1 to 1); 0 where one has no length."""
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    norms = sum(x * x for x in a) * sum(y * y for y in b)
    return float(dot / norms**0.5) if norms else 0.0
