"""Opposition: another sentence of the quoted paper does not say the opposite of a claim."""

from __future__ import annotations

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.negations import reversal
from r1agent.words import content_words, split_sentences

_FEWEST = 2


class OppositionCheck:
    """Find a sentence that turns a claim around and says as much of it as its quotes do.

    Quotes are chosen among sentences that agree with a claim, and some always have its words.
    """

    name = "opposition"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where a sentence of a cited paper says the opposite, or None."""
        if not sources.quotes:
            return None
        words = set(content_words(claim))
        quotes = [_flat(quote) for quote in sources.quotes]
        most = max(len(words & set(content_words(quote))) for quote in sources.quotes)
        for paper in dict.fromkeys(sources.origins):
            for sentence in split_sentences(sources.papers.get(paper, "")):
                if any(_flat(sentence.text) in quote for quote in quotes):
                    continue  # the check of negations has seen it
                shared = len(words & set(content_words(sentence.text)))
                if shared >= max(most, _FEWEST) and reversal(claim, sentence.text):
                    return Finding("contradicted", "another sentence of the paper says otherwise")
        return None


def _flat(text: str) -> str:
    return " ".join(text.split())
