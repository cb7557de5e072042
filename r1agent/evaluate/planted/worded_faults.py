"""Faults in what a sentence says: a number, unit, direction, denial or name made wrong."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from itertools import pairwise

from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.pairs import Pair
from r1agent.evaluate.planted.words import (
    AUXILIARY,
    COMPARISONS,
    DROPPABLE,
    UNITS,
    VERBS,
)
from r1agent.types import Citation

_NUMBER = re.compile(r"(?<![\w.,/-])\d+(?:,\d{3})*(?:\.\d+)?(?![\w/]|[.,-]\d)")
_NOT_COUNTED = re.compile(
    r"(?:Figures?|Tables?|Sections?|Chapters?|Part|version|v|Python|Windows|Eq\.|step|Level|Appendix|"
    r"Type|Module|Week|Lesson|Phase|Stage|No\.)\s$"
)
_NEGATED = re.compile(
    r"\b(?:not|no|never|nor|neither|without|cannot|hardly|few|little|rarely|only|"
    r"nothing|none|lack)\b"
    r"|n['’]t\b",  # noqa: RUF001
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"\b(?:that|which|who|whom|where|when|what|if|because|since|although|while|as|how|whether|than|"
    r"once|unless|whereas|after|before|so|and|or|but|for)\b|[;:(]",
    re.IGNORECASE,
)
_FRAME = re.compile(
    r"^(?:The authors report that|According to the paper,|It is reported that|"
    r"The paper states that) "
)
_NAME = re.compile(r"(?<=[a-z,] )(?:[A-Z][A-Za-z]*[a-z][A-Za-z]*|[A-Z]{2,}[A-Za-z]*)(?=[ ,.;)])")
_PERCENT_OF = re.compile(
    r"(?<![\w.,-])(\d+(?:\.\d+)?) ?(?:%|percent)(?= of (?:the |all |their )?[a-z])"
)
_COUNTED = re.compile(r"(?<![\w.,$*-])(\d{1,2})(?= (?:[a-z]+ )?[a-z]{3,}s\b)")


def number(pair: Pair, _corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Change one number."""
    found = _a_number(pair.claim, chance)
    if found is None:
        return None
    digits = found[0].replace(",", "")
    value = float(digits)
    decimals = len(digits.partition(".")[2])
    year = 1900 <= value <= 2100 and not decimals
    steps = (1, 2, 3) if year or value < 20 else (0.9, 1.1, 1.3, 2, 0.5)
    for step in chance.sample(steps, len(steps)):
        new = value + step if year or value < 20 else value * step
        text = f"{new:.{decimals}f}"
        numbers = {
            one[0].replace(",", "") for one in _NUMBER.finditer(pair.claim + pair.citation.quote)
        }
        if text not in numbers and float(text) != value:
            return _put(pair.claim, found, text), pair.citation
    return None


def unit(pair: Pair, _corpus: Corpus, _chance: random.Random) -> tuple[str, Citation] | None:
    """Change the unit of a quantity."""
    for one, other in UNITS:
        found = re.search(rf"(\d|\b(?:two|four|five|six|ten))( ?){one}(?![A-Za-z])", pair.claim)
        other_there = rf"(?<![A-Za-z]){re.escape(other)}(?![A-Za-z])"
        if found and not re.search(other_there, pair.claim + pair.citation.quote):
            return _put(pair.claim, found, f"{found[1]} {other}"), pair.citation
    return None


def comparison(pair: Pair, _corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Turn a comparison or a direction around: `higher` to `lower`, `at least` to `at most`."""
    turns = [turn for both in COMPARISONS for turn in (both, both[::-1])]
    for one, other in chance.sample(turns, len(turns)):
        word = re.sub(r"\(\?.*?\)", "", other)
        there = re.search(rf"\b{word}\b", f"{pair.claim} {pair.citation.quote}", re.IGNORECASE)
        found = re.findall(rf"\b{one}\b", pair.claim)
        if len(found) == 1 and not there and not _NEGATED.search(pair.claim):
            return re.sub(rf"\b{one}\b", word, pair.claim), pair.citation
    return None


def negation(pair: Pair, _corpus: Corpus, _chance: random.Random) -> tuple[str, Citation] | None:
    """Negate the verb of the main clause, or take its only negation away."""
    framed = _FRAME.match(pair.claim)
    frame = framed[0] if framed else ""
    sentence = pair.claim[len(frame) :]
    cues = _NEGATED.findall(sentence)
    if len(cues) == 1 and re.search(
        r"\b(?:is|are|was|were|can|could|will|did|does|do) not (?!only)", sentence
    ):
        return frame + re.sub(r" not ", " ", sentence, count=1), pair.citation
    if cues or _NEGATED.search(pair.citation.quote):
        return None
    for pattern, negated in (AUXILIARY, *VERBS):
        found = pattern.search(sentence)
        if found and not _CLAUSE.search(sentence[: found.start()]):
            return frame + _put(sentence, found, found.expand(negated)), pair.citation
    return None


def dropped_words(
    pair: Pair, _corpus: Corpus, chance: random.Random
) -> tuple[str, Citation] | None:
    """Leave words out of the quote that change what it says, and say that."""
    for word, other in DROPPABLE:
        quote = _one_less(pair.citation.quote, word, other or chance.choice(["… ", "... ", ""]))
        claim = _one_less(pair.claim, word, other)
        if quote and claim:
            return claim, replace(pair.citation, quote=quote)
    return None


def percentage(pair: Pair, _corpus: Corpus, _chance: random.Random) -> tuple[str, Citation] | None:
    """Give a percentage as a count, or a count as a percentage."""
    found = _PERCENT_OF.search(pair.claim)
    if found:
        return _put(pair.claim, found, found[1]), pair.citation
    found = next(iter(_counts(pair.claim)), None)
    return (
        None if found is None else (_put(pair.claim, found, f"{found[1]} % of the"), pair.citation)
    )


def name(pair: Pair, corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Put another name of the same paper in the place of one."""
    here = pair.citation
    text = " ".join(page for (paper, _), page in corpus.pages.items() if paper == here.paper)
    plain = set(re.findall(r"\b[a-z]+\b", text))
    names = [
        one
        for one in _NAME.finditer(pair.claim)
        if one[0].lower() not in plain and not _NOT_COUNTED.match(f"{one[0]} ")
    ]
    others = [
        one
        for one in dict.fromkeys(_NAME.findall(text))
        if one.lower() not in plain
        and one.lower() not in f"{here.quote} {here.title} {pair.claim}".lower()
        and text.count(one) > 1
    ]
    if not names or not others:
        return None
    found = chance.choice(names)
    alike = [one for one in others if one.isupper() == found[0].isupper()]
    return (_put(pair.claim, found, chance.choice(alike)), here) if alike else None


def swapped_numbers(
    pair: Pair, _corpus: Corpus, _chance: random.Random
) -> tuple[str, Citation] | None:
    """Exchange two numbers that say different things."""
    found = [one for one in _NUMBER.finditer(pair.claim) if _counts_something(pair.claim, one)]
    for one, other in pairwise(found):
        between = pair.claim[one.end() : other.start()]
        joined = re.fullmatch(r"\W*(?:and|or|to|%|percent|\s|by|x)*\W*", between)
        behind = pair.claim[other.end() :].split()[:1]
        same = between.split()[:1] == behind
        if one[0] != other[0] and not joined and not same and len(between) < 80:
            left, right = pair.claim[: one.start()], pair.claim[other.end() :]
            return f"{left}{other[0]}{between}{one[0]}{right}", pair.citation
    return None


def _a_number(claim: str, chance: random.Random) -> re.Match[str] | None:
    found = [one for one in _NUMBER.finditer(claim) if _counts_something(claim, one)]
    return chance.choice(found) if found else None


def _counts_something(claim: str, found: re.Match[str]) -> bool:
    return _NOT_COUNTED.search(claim[: found.start()]) is None


def _counts(claim: str) -> list[re.Match[str]]:
    units = "|".join(unit for pair in UNITS for unit in pair)
    timed = re.compile(rf" ?(?:{units}|years?|times|points|percent|degrees|decimals?|digits)\b")
    return [
        one
        for one in _COUNTED.finditer(claim)
        if int(one[1]) > 1 and _counts_something(claim, one) and not timed.match(claim[one.end() :])
    ]


def _one_less(text: str, word: str, other: str) -> str | None:
    """Return it without the one occurrence of `word`; None where there is none or are more."""
    found = re.findall(word, text)
    return re.sub(word, lambda _: other, text) if len(found) == 1 else None


def _put(text: str, found: re.Match[str], new: str) -> str:
    return text[: found.start()] + new + text[found.end() :]
