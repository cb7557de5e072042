"""Sentences and content words: the units that the verifier and the gate compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from r1agent_indexes.reading.sentences import sentence_spans

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")  # noqa: RUF001 - papers use the curly apostrophe
_CHINESE = re.compile(r"[\u3400-\u9fff\uf900-\ufaff]+")
_STOP_WORDS = frozenset(
    "a about above after again all also am an and any are as at be because been before being below "
    "between both but by can could did do does doing down during each either few for from further "
    "had has have having he her here hers him his how i if in into is it its itself just like may "
    "me might more most much must my no nor not of off on once only or other our out over own per "
    "same she should so some such than that the their them then there these they this those "
    "through thus to too under until up upon us use used uses using very was we were what when "
    "where which while who whom whose why will with within without would you your et al e.g i.e cf "
    "fig figure table section paper papers study studies author authors according show shows shown "
    "one two three four five six seven eight nine ten first second third report reports reported "
    "find finds found".split()
)
_IRREGULAR = {
    form: base
    for base, forms in {
        "begin": "began begun beginning",
        "break": "broke broken",
        "bring": "brought",
        "build": "built",
        "child": "children",
        "choose": "chose chosen choice",
        "come": "came",
        "draw": "drew drawn",
        "drive": "drove driven",
        "fall": "fell fallen",
        "get": "got gotten",
        "give": "gave given",
        "grow": "grew grown growth",
        "hold": "held",
        "keep": "kept",
        "lead": "led",
        "leave": "left",
        "lose": "lost loss losses",
        "make": "made",
        "man": "men",
        "mean": "meant",
        "meet": "met",
        "pay": "paid",
        "rise": "rose risen",
        "run": "ran",
        "say": "said",
        "seek": "sought",
        "sell": "sold",
        "send": "sent",
        "speak": "spoke spoken",
        "spend": "spent",
        "take": "took taken",
        "teach": "taught",
        "tell": "told",
        "think": "thought",
        "understand": "understood",
        "win": "won",
        "woman": "women",
        "write": "wrote written",
    }.items()
    for form in forms.split()
}
"""Forms that no rule of a stemmer brings together."""
_CHINESE_STOP = re.compile(r"[的了是在和与及或对从把被为以于个这那有中上下其并而等将也都到]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its span: `text == source[start:end]`, without surrounding white space."""

    text: str
    start: int
    end: int


def split_sentences(source: str, *, start: int = 0) -> list[Sentence]:
    """Split text into sentences with exact character spans, from character `start` on."""
    return list(_sentences(source, start))


@lru_cache(maxsize=1024)
def _sentences(source: str, start: int) -> tuple[Sentence, ...]:
    spans = sentence_spans(source, start)
    return tuple(Sentence(source[begin:end], begin, end) for begin, end in spans)


def content_words(text: str) -> list[str]:
    """List the words that carry meaning, stemmed; Chinese runs become pairs of characters.

    Pure numbers are left out: `checks.numbers` compares those exactly.
    """
    return list(_content_words(text))


@lru_cache(maxsize=4096)
def _content_words(text: str) -> tuple[str, ...]:
    plain = _CHINESE.sub(" ", text).lower()
    words = [word for word in _WORD.findall(plain) if not word[0].isdigit()]
    english = [_stem(word) for word in words if word not in _STOP_WORDS and len(word) > 1]
    return (*english, *(pair for run in _CHINESE.findall(text) for pair in _pairs(run)))


@lru_cache(maxsize=20_000)
def _stem(word: str) -> str:
    plain = word.replace("’", "'")  # noqa: RUF001
    return str(_english_stemmer().stemWord(_IRREGULAR.get(plain, plain)))


@cache
def _english_stemmer() -> Any:
    from snowballstemmer import stemmer

    return stemmer("english")


def _pairs(run: str) -> list[str]:
    kept = _CHINESE_STOP.sub(" ", run).split()
    return [piece[i : i + 2] for piece in kept for i in range(max(1, len(piece) - 1))]


def is_chinese(text: str) -> bool:
    """Tell whether a text is Chinese: at least a fifth of its letters are Han characters."""
    letters = [character for character in text if character.isalpha()]
    han = sum(len(run) for run in _CHINESE.findall(text))
    return han * 5 >= len(letters) > 0


def counted(number: int, noun: str) -> str:
    """Return `1 page` or `3 pages`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
