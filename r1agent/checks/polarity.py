"""Polarity of the words of a sentence: what goes up or down, and what is denied."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

from r1agent.words import content_words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - papers use the curly apostrophe
_PREFIX = re.compile(r"\b(up|down|over|under|hyper|hypo|de|un|in|dys|mal|counter)-(?=[a-z])")
_DENIED_BY_ENDING = re.compile(r"n['’]t\b")  # noqa: RUF001
_EMPTY_DENIAL = re.compile(r"\b(?:with (?:and|or) without|whether or not|not only)\b")
_TAKEN_AWAY = re.compile(
    r"\bwith\s+((?:[\w-]+\s+){1,4}?)(?:removed|omitted|excluded|deleted|stripped|disabled"
    r"|(?:left|taken)\s+out|(?:turned|switched)\s+off)\b",
    re.IGNORECASE,
)
_REACH = {"deny_verb": 4, "deny_noun": 2}
"""Content words behind a denial that it turns around."""
_KINDS = ("up", "down", "relation", "deny_verb", "deny_noun", "null")


@dataclass(frozen=True, slots=True)
class Token:
    """A word of a sentence and what it does to the sense of it."""

    word: str
    stem: str
    kinds: frozenset[str]
    """Of `up`, `down`, `relation`, `deny_verb`, `deny_noun` and `null`."""
    is_content: bool
    denied: bool

    @property
    def direction(self) -> int:
        """1 for up, -1 for down, 0 for neither; a denial is left out of it."""
        return ("up" in self.kinds) - ("down" in self.kinds)

    @property
    def turns(self) -> bool:
        """Whether it says in which direction something goes, or denies."""
        return bool(self.kinds - {"relation"})

    @property
    def signed(self) -> int:
        """The direction, turned around where it is denied."""
        return -self.direction if self.denied else self.direction


@lru_cache(maxsize=20_000)
def read(text: str) -> tuple[Token, ...]:
    """Read a sentence word by word; `up-regulated` is one word, `non-small` are two."""
    plain = _DENIED_BY_ENDING.sub(" not", plainly_denied(text).lower()).replace("non-", "non ")
    plain = _EMPTY_DENIAL.sub(" ", _PREFIX.sub(r"\1", plain))
    words = _WORD.findall(plain)
    kinds = [_kinds(word) for word in words]
    stems = [_stem(word) for word in words]
    content = [one is not None for one in stems]
    rows = zip(words, stems, kinds, content, _denied(kinds, content), strict=True)
    return tuple(
        Token(word, one or word, own, is_content, denied)
        for word, one, own, is_content, denied in rows
    )


def plainly_denied(text: str) -> str:
    """Put `without the answers` in the place of `with the answers removed`."""
    return _TAKEN_AWAY.sub(r"without \1", text)


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str | None:
    """Stem a word; one that carries no meaning of its own has none."""
    return next(iter(content_words(word)), None)


def _denied(kinds: list[frozenset[str]], content: list[bool]) -> list[bool]:
    denied = [False] * len(kinds)
    for place, own in enumerate(kinds):
        reach = max((_REACH[kind] for kind in own if kind in _REACH), default=0)
        following = [i for i in range(place + 1, len(kinds)) if content[i]]
        for i in following[:reach]:
            denied[i] = not denied[i]
    return denied


@lru_cache(maxsize=50_000)
def _kinds(word: str) -> frozenset[str]:
    found = {kind for kind in _KINDS if _beginnings(kind).match(word)}
    both = {"up", "down"}
    if both <= found or found & _REACH.keys():  # `lack of` denies, which must not count twice
        return frozenset(found - both)
    return frozenset(found)


@lru_cache(maxsize=50_000)
def opposites_of(word: str) -> frozenset[tuple[int, int]]:
    """List the pairs of opposites that a word belongs to: number of the pair, and its side."""
    if not _any_opposite().match(word):
        return frozenset()
    return frozenset(
        (number, side)
        for number, pair in enumerate(_pairs())
        for side, beginning in enumerate(pair)
        if beginning.match(word)
    )


def are_opposites(one: str, other: str) -> bool:
    """Tell whether one word says the opposite of the other."""
    ours, theirs = opposites_of(one), opposites_of(other)
    if not ours or not theirs or ours & theirs:
        return False
    return any((number, 1 - side) in ours for number, side in theirs)


@cache
def _lists() -> dict[str, list[str]]:
    text = files("r1agent.checks").joinpath("opposites.toml").read_text(encoding="utf-8")
    lists = tomllib.loads(text)
    return {key: value.split() if isinstance(value, str) else value for key, value in lists.items()}


@cache
def _beginnings(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(map(_beginning, _lists()[kind])))


@cache
def _pairs() -> tuple[tuple[re.Pattern[str], ...], ...]:
    return tuple(
        tuple(re.compile(_beginning(word)) for word in pair.split()) for pair in _lists()["pairs"]
    )


@cache
def _any_opposite() -> re.Pattern[str]:
    """Most words have no opposite, and one look is enough for those."""
    return re.compile("|".join(one.pattern for pair in _pairs() for one in pair))


def _beginning(word: str) -> str:
    return re.escape(word.removesuffix("$")) + ("$" if word.endswith("$") else "")
