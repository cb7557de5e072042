"""Find the sentences of a text that give orders to the model, by fixed rules."""

# ruff: noqa: E501, RUF001 - wordings, Chinese and curly marks among them

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from r1agent.safety.hidden_characters import as_read, hides_text
from r1agent.safety.order_rules import CHINESE, ENGLISH
from r1agent.safety.requests import asks, shapes_reply
from r1agent.words import Sentence, content_words, is_chinese, split_sentences

_TO_A_PERSON = re.compile(r"\b(?:you|your|yours|yourself|me|my|i|us)\b|你|您|请|我")
_HAN = re.compile("[\u3400-\u9fff]")
_HEADED = re.compile(r"[A-Z]{3,}\b[^a-z]")  # DESIGN of an abstract is no request
_NEW_START = re.compile(
    r"(?<=[.!?])\s+(?=[\"'“(]?[A-Z])|(?<=[^a-zA-Z,;\-\s])[ \t]*\n\s*(?=[\"'“(]?[A-Z])"
)
_ITEM = re.compile(r"\s*(?:[•▪◦‣·*-]|\d+[.)])\s")
_QUOTES = "\"'“‘«「"
_COMMON = frozenset(
    content_words(
        "result find main report effect method data use change impact benefit current mean number rate share "
        "question answer value test case example follow new good best high low large small different time year "
        "increase decrease analysis approach provide include make give work set way need many several"
    )
)
"""Words of any paper: to have them in common says nothing about the matter."""
_OFF = "asks for something else than the text is about"
_OWN_MATTER = 8
"""Content words that the rest of a text must have, for a sentence to be off its matter."""
_MUCH_MATTER = 40
"""From here on, a chance word in common does not count."""
_REACH = 3
"""Sentences after an order, of the same paragraph, that may carry on with it."""
_FEW_WORDS = 3


@dataclass(frozen=True, slots=True)
class Order:
    """A sentence that gives orders: `text[start:end]`, and what it does."""

    start: int
    end: int
    reason: str


@lru_cache(maxsize=512)  # a passage comes back with every search that finds it
def find_orders(text: str) -> tuple[Order, ...]:
    """Return the sentences of a text that are orders to a model, in order.

    A sentence is one where its wording is that of an order, where it hides words, where it asks
    for something that has nothing to do with the text around it, or where it goes on with an order.
    """
    sentences = [piece for one in split_sentences(text) for piece in _pieces(one)]
    read = [as_read(one.text) for one in sentences]
    reasons = [_worded(one.text, plain) for one, plain in zip(sentences, read, strict=True)]
    _mark_pairs(read, reasons)
    asking = [
        not _HEADED.match(one.text) and asks(plain)
        for one, plain in zip(sentences, read, strict=True)
    ]
    if not any(reasons) and not any(asking):
        return ()
    words = [set(content_words(plain)) - _COMMON for plain in read]
    items = sum(_is_item(text, one) for one in sentences)
    for place in range(len(sentences)):
        if items > 1 and _is_item(text, sentences[place]):
            continue  # a list of tasks or aims, one below the other
        if not reasons[place] and asking[place] and _is_off_matter(place, words):
            reasons[place] = _OFF
    _carry_on(text, sentences, read, words, reasons)
    return tuple(
        Order(one.start, one.end, reason)
        for one, reason in zip(sentences, reasons, strict=True)
        if reason
    )


def order_in(text: str) -> str:
    """Say what a short text orders the model to do, or return an empty text."""
    return _worded(text, as_read(text))


def _pieces(sentence: Sentence) -> list[Sentence]:
    """Split where an order may begin: behind `algorithm R.`, and below a row of a table."""
    begins = [0, *(found.end() for found in _NEW_START.finditer(sentence.text))]
    ends = [*begins[1:], len(sentence.text)]
    whole = [sentence.text[a:b].rstrip() for a, b in zip(begins, ends, strict=True)]
    starts = [sentence.start + begin for begin in begins]
    return [Sentence(one, at, at + len(one)) for one, at in zip(whole, starts, strict=True)]


def _is_item(text: str, sentence: Sentence) -> bool:
    """Tell whether a sentence is an item of a list."""
    line = text.rfind("\n", 0, sentence.start) + 1
    return _ITEM.match(text, line) is not None


def _worded(text: str, plain: str) -> str:
    if hidden := hides_text(text):
        return f"holds {hidden}"
    rules = (*ENGLISH, *CHINESE) if _HAN.search(plain) else ENGLISH
    worded = next((rule.name for rule in rules if rule.fits(plain)), "")
    return worded or ("orders what to say" if shapes_reply(plain) else "")


def _mark_pairs(read: Sequence[str], reasons: list[str]) -> None:
    """Mark two neighbours that are an order only together, such as a forged turn and its text."""
    for place in range(len(read) - 1):
        if reasons[place] or reasons[place + 1] or len(read[place]) > 80:
            continue
        reason = _worded("", f"{read[place]} {read[place + 1]}")
        if reason:
            reasons[place] = reasons[place + 1] = reason


def _is_off_matter(place: int, words: Sequence[set[str]], *, most: float = 0.15) -> bool:
    """Tell whether a sentence shares at most this part of its words with the rest of the text."""
    rest = set().union(*words[:place], *words[place + 1 :])
    own = words[place]
    if len(rest) < _OWN_MATTER or len(own) < _FEW_WORDS:
        return False
    return len(own & rest) <= (len(own) * most if len(rest) >= _MUCH_MATTER else 0)


def _carry_on(
    text: str,
    sentences: Sequence[Sentence],
    read: Sequence[str],
    words: Sequence[set[str]],
    reasons: list[str],
) -> None:
    """Mark what goes on with an order in the same paragraph: more orders, and its given text."""
    for place in range(len(sentences)):
        if not reasons[place] or reasons[place].startswith("goes on"):
            continue
        for after in range(place + 1, min(place + 1 + _REACH, len(sentences))):
            between = text[sentences[after - 1].end : sentences[after].start]
            if reasons[after] or between.count("\n") > 1:
                break
            speaks = asks(read[after]) or _TO_A_PERSON.search(read[after]) is not None
            quoted = ":" in read[place] or read[place + 1][:1] in _QUOTES
            given = (reasons[place] != _OFF or quoted) and not is_chinese(read[after])
            if not speaks and not (given and _is_off_matter(after, words, most=0.0)):
                break
            reasons[after] = f"goes on with an order: {reasons[place]}"
