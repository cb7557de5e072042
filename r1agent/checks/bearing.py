"""Bearing: the quotes of an answer speak of what was asked, and not only of its words."""

from __future__ import annotations

from collections.abc import Iterator

from r1agent.checks.finding import Finding, Sources
from r1agent.words import content_words, is_chinese, split_sentences

_BEST = 3
"""Words of the question in one sentence of a passage that make it speak of what was asked."""
_MOST_OF_IT = 0.6
"""That sentence has so much of the question; one of many words is about many things."""
_LESS = 4
"""The quotes have so many times fewer of them, with the sentence before each, or none."""


class BearingCheck:
    """Find quotes that say what a sentence adds, but not what it takes from the question.

    "It was written to simulate black holes" has all its words in a paper that simulates black
    holes elsewhere; another sentence of it tells what the program was written for.
    """

    name = "bearing on the question"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where other sentences of the run bear on the question much more."""
        asked = set(content_words(sources.question))
        quoted = " ".join(sources.quotes)
        if not quoted or is_chinese(sources.question) != is_chinese(quoted):
            return None
        read = [*_with_the_one_before(sources)]
        if asked & set(content_words(claim)) <= set(content_words(" ".join(read))):
            return None  # what it takes from the question is told there, or it takes nothing
        own = max(_shared(asked, text) for text in read)
        best = max((_shared(asked, one) for one in _sentences(sources)), default=0)
        if best < max(_BEST, _MOST_OF_IT * len(asked)) or own * _LESS > best:
            return None
        return Finding("unsupported", "its quote does not speak of what was asked")


def _shared(asked: set[str], text: str) -> int:
    return len(asked & set(content_words(text)))


def _sentences(sources: Sources) -> Iterator[str]:
    for text in sources.papers.values():
        yield from (sentence.text for sentence in split_sentences(text))


def _with_the_one_before(sources: Sources) -> Iterator[str]:
    """Yield each quote with the sentence before it, which may name what `it` is."""
    surroundings = " ".join(sources.surroundings.split())
    for quote in sources.quotes:
        place = surroundings.find(" ".join(quote.split()))
        before = split_sentences(surroundings[: max(place, 0)])[-1:]
        yield " ".join([*(sentence.text for sentence in before), quote])
