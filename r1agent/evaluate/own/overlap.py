"""How many words in a row a question has taken over from its source."""

from __future__ import annotations

import re

MOST_SHARED = 4
"""Words in a row that a question may share with its source."""
_WORD = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]|[^\W_]+")
"""A word, or one Chinese character: Chinese is written without spaces, so this is the stricter."""

_BROKEN = re.compile(r"(?<=[a-z])-\n(?=[a-z])")
_BROKEN_CHINESE = re.compile(r"(?<=[\u3400-\u9fff])\s+(?=[\u3400-\u9fff])")


def longest_shared_run(one: str, other: str) -> int:
    """Return how many words stand in both texts in the same order with none between them.

    Capitals, punctuation and broken lines do not count.
    """
    first, second = words_of(one), words_of(other)
    places: dict[str, list[int]] = {}
    for place, word in enumerate(second):
        places.setdefault(word, []).append(place)
    longest, before = 0, dict[int, int]()
    for word in first:
        before = {place: before.get(place - 1, 0) + 1 for place in places.get(word, ())}
        longest = max(longest, *before.values()) if before else longest
    return longest


def words_of(text: str) -> list[str]:
    """Return the words of a text in small letters, a word broken at a line end as one."""
    return [found[0].casefold() for found in _WORD.finditer(unbroken(text))]


def unbroken(text: str) -> str:
    """Return a text whose words are not broken at line ends, nor Chinese lines at all."""
    return _BROKEN_CHINESE.sub("", _BROKEN.sub("", text))
