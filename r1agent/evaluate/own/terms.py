"""The terms of a sentence that tell it from the rest of the papers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence

from r1agent.evaluate.own.nouns import Nouns, stem
from r1agent.evaluate.own.overlap import unbroken
from r1agent.words import is_chinese

TERMS = 3
"""So many are asked for together."""
_ENGLISH = re.compile(r"[A-Za-z]+(?:-[A-Za-z]+)*")
_HAN = re.compile("[\u3400-\u9fff]+")
_FUNCTION = re.compile(
    "[的了是在和与及或对从把被为以于个这那有中上下其并而等将也都到由至比较不很更最各每本文该我们它会使让加取只"
    "看用]|"
    "可以|能够|通过|采用|进行|表明|显示|结果|研究|发现|方法|问题|影响|提高|降低|增加|减少|高于|低于|高出|达到|上升|下降|因此|但是|如果"
)
_SHORTEST, _LONGEST = 2, 4
"""Characters of a Chinese term."""
_FEWEST_PLACES = 2
"""Where a run of Chinese characters must stand, to be taken for a term."""


class Terms:
    """The terms of papers, and on how many of their pages each stands.

    Args:
        pages: The texts of all pages.
    """

    def __init__(self, pages: Iterable[str]) -> None:
        whole = [unbroken(page) for page in pages]
        self._nouns = Nouns(whole)
        self._han = "\n".join(page for page in whole if _HAN.search(page))
        self._pages = [_keys(page) for page in whole]
        self._held = Counter(key for page in self._pages for key in page)

    def of(self, sentence: str) -> list[str]:
        """Return up to three terms, those on the fewest pages first."""
        named = self._chinese(sentence) if is_chinese(sentence) else self._nouns.terms_in(sentence)
        rarity = {term: self._rarity(term) for term in dict.fromkeys(named)}
        return sorted(filter(rarity.get, rarity), key=lambda term: rarity[term])[:TERMS]

    def pages_with(self, terms: Sequence[str]) -> int:
        """Count the pages that hold all of these terms."""
        wanted = {key for term in terms for key in _keys_of(term)}
        return sum(wanted <= page for page in self._pages)

    def _rarity(self, term: str) -> int:
        return min((self._held[key] for key in _keys_of(term)), default=0)

    def _chinese(self, sentence: str) -> list[str]:
        """List the short runs of characters between words of grammar that recur in the papers."""
        runs = _HAN.findall(unbroken(sentence))
        pieces = [piece for run in runs for piece in _FUNCTION.split(run)]
        fitting = [one for one in pieces if _SHORTEST <= len(one) <= _LONGEST]
        return [one for one in fitting if self._han.count(one) >= _FEWEST_PLACES]


def _keys_of(term: str) -> list[str]:
    """Return the stems of an English term, or a Chinese term as it is."""
    return [term] if _HAN.fullmatch(term) else [key for one in term.split() if (key := stem(one))]


def _keys(page: str) -> set[str]:
    """Return the stems of a page, and its short runs of Chinese characters."""
    english = {stem(word) for word in _ENGLISH.findall(page)}
    han = {
        run[at : at + length]
        for run in _HAN.findall(page)
        for length in range(_SHORTEST, _LONGEST + 1)
        for at in range(len(run) - length + 1)
    }
    return english | han
