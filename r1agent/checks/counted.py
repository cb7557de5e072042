"""Counts: what a sentence has three of is what its quote has three of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.labels import without_labels
from r1agent.checks.quantities import Number, numbers_in, without_references

_PHRASE = re.compile(r"\s+(?P<words>[^\W\d_]{3,}(?:[ -][^\W\d_]{3,}){0,2})(?![\w-]|\s?\d)")
_STOPS = frozenset(
    "and or but nor than that which who whose where when while are was were has have had did does "
    "can could may might will would for from with without within into onto out over under per "
    "about above across after against among around before behind below beside between beyond "
    "down during near off since through throughout toward towards until upon via the this these "
    "those its their our like such unlike both using based given not more less fewer times".split()
)
_SAME_THINGS = (
    "participant subject patient student pupil individual people person adult child children women "
    "men girl boy volunteer respondent user player reader worker member teacher learner".split(),
    "study studies trial paper article experiment work publication report investigation".split(),
    "dataset benchmark corpus corpora collection task test suite".split(),
    "sample example instance item case record image observation point entry document text".split(),
    "model network system method approach algorithm classifier architecture baseline".split(),
    "run time trial repetition seed iteration round pass epoch step".split(),
    "group class cohort category categories arm cluster kind type label".split(),
    "country countries nation state region site center centre location place city cities".split(),
    "question problem prompt query queries exercise".split(),
    "component part element module stage phase section factor".split(),
)
"""One is often said for the other."""
_ALIKE = 4
"""Letters that two words share at their beginning where they are of one word family."""


class CountCheck:
    """Find a number that its quotes give for other things than the sentence does."""

    name = "things counted"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where no quote knows what the claim counts, and each counts others."""
        if sources.outputs or not sources.quotes:
            return None
        quotes = [without_labels(without_references(quote), claim) for quote in sources.quotes]
        known = set(re.findall(r"[^\W\d_]+", " ".join([*quotes, sources.context]).lower()))
        for number in numbers_in(claim):
            things = things_behind(claim, number) if _is_count(number) else []
            if not things or any(_is_among(thing, known) for thing in things):
                continue
            there = [
                things_behind(quote, other)
                for quote in quotes
                for other in numbers_in(quote)
                if number.value == other.value
            ]
            if there and all(other and not _may_be_same(things, other) for other in there):
                return Finding("unsupported", f"{number.text} is of other things in its quote")
        return None


def things_behind(text: str, number: Number) -> list[str]:
    """Return the words behind a number that may name what it counts."""
    found = _PHRASE.match(text, number.start + len(number.text))
    words: list[str] = []
    for word in re.split(r"[ -]", found["words"]) if found else []:
        if word.lower() in _STOPS:
            break
        words.append(word)
    return [word if any(map(str.isupper, word[1:])) else word.lower() for word in words]


def _is_count(number: Number) -> bool:
    bare = not number.unit and not number.share and not number.decimals
    return bare and not 1900 <= number.value <= 2100


def _may_be_same(ours: list[str], theirs: list[str]) -> bool:
    """Tell whether each names a thing of one group, or ours is an acronym, which may be any."""
    if any(not word.islower() for word in ours):
        return True
    return any(
        any(_is_among(word, group) for word in ours)
        and any(_is_among(word, group) for word in theirs)
        for group in _SAME_THINGS
    )


def _is_among(word: str, known: Iterable[str]) -> bool:
    word = word.lower()
    return any(word[:_ALIKE] == other[:_ALIKE] for other in known)
