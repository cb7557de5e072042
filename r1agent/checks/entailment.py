"""Entailment: the quotes say what the sentence says; a judge decides above a floor of words."""

from __future__ import annotations

import re
from collections.abc import Sequence

from langchain_core.embeddings import Embeddings

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.floors import Floors
from r1agent.checks.judging import Judge, Judgement
from r1agent.checks.numbers import numbers_in
from r1agent.words import content_words

QUESTION_WEIGHT = 0.3
"""A word that the question already has proves less when the quote has it too."""
_SCALES = re.compile(
    r"\b(?:hundreds?|thousands?|millions?|billions?|percent|per cent)\b", re.IGNORECASE
)
_ANSWERS = frozenset({"yes"})
"""Answers the question and tells nothing that a quote could hold; "no" is no content word."""


class EntailmentCheck:
    """Ask for enough of the claim's words in its quotes, and a judge for what they say.

    The floor of words always holds; past it a judge that knows support when it sees it (an NLI
    model, the chat model) decides. `Floors` only knows what is turned around, so that words and
    closeness in meaning decide beside it.

    Args:
        embeddings: For closeness in meaning; without it only words count.
        judge: What judges entailment; by default `Floors`.
        words: Share of the claim's content words (0 to 1) that the quotes must hold.
        loose_words: The share that is enough where the cosine reaches `cosine`, or the judge says
            that the quotes support the claim.
        cosine: Cosine similarity of claim and best quote.
        added: Share of the words that the claim adds to the question. From here on the quotes
            carry what it tells, however the question was worded, if their cosine to the claim
            reaches `near` too; below half of it they do not.
        near: See `added`.
    """

    name = "entailment"

    def __init__(
        self,
        embeddings: Embeddings | None = None,
        *,
        judge: Judge | None = None,
        words: float = 0.6,
        loose_words: float = 0.35,
        cosine: float = 0.6,
        added: float = 0.75,
        near: float = 0.45,
    ) -> None:
        self.embeddings = embeddings
        self.judge = judge or Floors(embeddings)
        self.words = words
        self.loose_words = loose_words
        self.cosine = cosine
        self.added = added
        self.near = near

    @property
    def method(self) -> str:
        """How entailment is judged, in the words of the audit."""
        return self.judge.method

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where the quotes do not carry the claim's words and meaning."""
        if not sources.quotes:
            return None
        if not content_words(claim) and not any(numbers_in(claim)):
            return Finding("unsupported", "says nothing that a quote could carry")
        quoted = " ".join(sources.quotes)
        share = coverage(claim, quoted, sources)
        added = added_coverage(claim, quoted, sources)
        if added is not None and added < self.added / 2:
            return Finding("unsupported", f"only {added:.0%} of what it tells is in the quote")
        told = self._is_told(claim, added, share, sources.quotes)
        if share < self.loose_words and not told:
            return Finding("unsupported", f"only {share:.0%} of its words are in the quote")
        judgement = self.judge.judge("\n".join(sources.quotes), claim, ask=sources.ask)
        if judgement is not None and judgement.contradicted >= self.judge.contradicts_at:
            return Finding("contradicted", f"the quote says otherwise, by {self.method}")
        if judgement is not None and self.judge.supports_at:
            return self._by_support(judgement)
        return None if told else self._by_words(claim, share, sources.quotes)

    def _is_told(
        self, claim: str, added: float | None, share: float, quotes: Sequence[str]
    ) -> bool:
        """Tell whether the quotes hold what the claim adds, and are near to the whole of it."""
        if added is None or added < self.added:
            return False
        return self._nearest(claim, quotes) >= self.near or (
            self.embeddings is None and share >= self.loose_words
        )

    def _by_support(self, judgement: Judgement) -> Finding | None:
        if judgement.supported >= self.judge.supports_at:
            return None
        return Finding("partly", f"the quote does not say it, by {self.method}")

    def _by_words(self, claim: str, share: float, quotes: Sequence[str]) -> Finding | None:
        if share >= self.words or self._nearest(claim, quotes) >= self.cosine:
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
    words = _words(claim, held, sources)
    weights = {word: QUESTION_WEIGHT if word in asked else 1.0 for word in words}
    total = sum(weights.values())
    return sum(weights[word] for word in words if word in held) / total if total else 1.0


def added_coverage(claim: str, quoted: str, sources: Sources) -> float | None:
    """Share of the words and numbers that a claim adds to the question in the quotes (0 to 1).

    Numbers count as held: another check asks for each of them. None where there is no question, or
    the claim adds nothing to it.
    """
    asked = set(content_words(sources.question))
    held = set(content_words(quoted))
    added = [word for word in _words(claim, held, sources) if word not in asked]
    given = {number.amount for number in numbers_in(sources.question)}
    numbers = len({number.amount for number in numbers_in(claim)} - given)
    total = len(added) + numbers
    return (sum(word in held for word in added) + numbers) / total if asked and total else None


def _words(claim: str, held: set[str], sources: Sources) -> list[str]:
    """Words of a claim, less "yes", numbers, and those of the title that the quote lacks."""
    passed_over = (set(content_words(sources.context)) | _ANSWERS) - held
    words = dict.fromkeys(content_words(_SCALES.sub(" ", claim)))
    return [word for word in words if word not in passed_over]


def cosine(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the cosine of two vectors (-1 to 1); 0 where one has no length."""
    dot = sum(x * y for x, y in zip(a, b, strict=True))
    norms = sum(x * x for x in a) * sum(y * y for y in b)
    return float(dot / norms**0.5) if norms else 0.0
