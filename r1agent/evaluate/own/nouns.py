"""Which English words of a text name a matter, told by the words that stand beside them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from r1agent.evaluate.own.overlap import unbroken
from r1agent.words import content_words

_TOKEN = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*|\d[\d.,]*|[^\w\s]")
_BEFORE = frozenset(
    "the a an of this these each per no its their our two three several both any every all".split()
)
"""A noun, or its adjective, follows these."""
_AFTER = frozenset(
    "of in is are was were has have had for on from with to than that which and or can could did "
    "does do by at as into between while when but not may will under over after before".split()
)
"""These follow a noun, as a full stop or a comma does."""
_SHARE = 0.25
_SHORTEST = 4


class Nouns:
    """The words of some pages that stand where nouns stand.

    That is between a determiner, with one word in between or none, and a preposition, a verb or a
    mark. It must be so in a quarter of the places where a word stands; without a determiner right
    before it in any of them (`the harm grows with`), twice.

    Args:
        pages: Their texts.
    """

    def __init__(self, pages: Iterable[str]) -> None:
        self._seen: Counter[str] = Counter()
        self._right: Counter[str] = Counter()
        self._near: Counter[str] = Counter()
        self._beside: Counter[tuple[str, str]] = Counter()
        for page in pages:
            self._read(_TOKEN.findall(unbroken(page)))

    def terms_in(self, sentence: str) -> list[str]:
        """List the nouns of a sentence, each with the word before it where both recur together."""
        tokens = _TOKEN.findall(unbroken(sentence))
        places = [place for place, token in enumerate(tokens) if self._is_noun(token)]
        terms, covered = [], set[int]()
        for place in reversed(places):
            if place in covered:
                continue
            before = tokens[place - 1] if place else ""
            joined = self._beside[stem(before), stem(tokens[place])] > 1
            covered.update((place - 1, place) if joined else (place,))
            terms.append(f"{before} {tokens[place]}" if joined else tokens[place])
        return terms[::-1]

    def _read(self, tokens: list[str]) -> None:
        around = ["", "", *tokens, ""]
        for place, token in enumerate(tokens, 2):
            if not stem(token):
                continue
            one, two, after = around[place - 1], around[place - 2], around[place + 1]
            ended = not after[:1].isalnum() or after.lower() in _AFTER
            self._seen[stem(token)] += 1
            self._right[stem(token)] += ended and one.lower() in _BEFORE
            self._near[stem(token)] += ended and two.lower() in _BEFORE and one.isalpha()
            if stem(one):
                self._beside[stem(one), stem(token)] += 1

    def _is_noun(self, token: str) -> bool:
        if len(token) < _SHORTEST or not stem(token):
            return False
        right, near = self._right[stem(token)], self._near[stem(token)]
        return (right > 0 or near > 1) and right + near >= _SHARE * self._seen[stem(token)]


@lru_cache(maxsize=50_000)
def stem(word: str) -> str:
    """Return what words of one stem share; an empty text for a word that carries no meaning."""
    return " ".join(content_words(word)) if word[:1].isalpha() else ""
