"""Numbers that the question gives: a sentence may repeat them beside what it proves."""

from __future__ import annotations

import re
from collections.abc import Sequence

from r1agent.checks.finding import Sources
from r1agent.checks.quantities import Number, numbers_in, without_references
from r1agent.words import content_words

_ASKS = re.compile(
    r"\b(?:how|why|what|which|when|where|who|whose)\b|什么|哪|多少|如何|怎|为何|几", re.IGNORECASE
)
_YES_OR_NO = re.compile(
    r"\s*(?:is|are|was|were|do|does|did|has|have|had|can|could|will|would|should)\b", re.IGNORECASE
)
_COUNTS = re.compile(r"\bhow (?:many|much|often|long|large|big|high|low)\b|多少|几", re.IGNORECASE)
_GIVEN = re.compile(
    r"\b(?:the|these|those|all|both|its|their|his|her|our)\s+(?:\w+\s+)?$|(?:这|那|这些|那些)$",
    re.IGNORECASE,
)
_GIVEN_TO_HOW = re.compile(
    r"\b(?:across|among|between|over|on|for|in|at|with|of|after|within|using)\s+(?:\w+\s+)?$",
    re.IGNORECASE,
)
_HOW = re.compile(r"\s*(?:\w+ (?:\w+ )?)?(?:how|why)\b|如何|怎|为何|多少", re.IGNORECASE)
_YEAR_BEHIND = re.compile(
    r"\b(?:in|since|until|before|after|during|by|of|year)\s+$|在$", re.IGNORECASE
)
_OTHER_WORDS = 2
"""New words, held by the quotes, that make a sentence say more than its question did."""


def told_of_the_question(
    claim: str, missing: Sequence[Number], proved: Sequence[Number], sources: Sources
) -> list[Number]:
    """List the numbers without a source that the sentence only repeats from its question.

    The question takes them for given (`the 60 students`, `in 2008`; one that is answered by yes or
    no does not), no quote has another number in their place, and the sentence says something else
    that the quotes hold: where the question asks how many, another number.
    """
    question = sources.question
    if (
        not missing
        or not sources.quotes
        or not _ASKS.search(question)
        or _YES_OR_NO.match(question)
    ):
        return []
    asked = [one for one in numbers_in(question) if _is_given(question, one)]
    quotes = [without_references(quote) for quote in sources.quotes]
    told = [
        number
        for number in missing
        if any(number.value == one.value and number.is_same(one) for one in asked)
        and not any(_differs(claim, number, quote) for quote in quotes)
    ]
    return told if told and _says_more(claim, proved, asked, sources) else []


def _is_given(question: str, number: Number) -> bool:
    """Tell whether the question takes the number for given, rather than asks for what has it."""
    before = question[: number.start]
    if _is_year(number):
        return _YEAR_BEHIND.search(before) is not None
    if _GIVEN.search(before):
        return True
    return _HOW.match(question) is not None and _GIVEN_TO_HOW.search(before) is not None


def _is_year(number: Number) -> bool:
    bare = not number.decimals and not number.unit and not number.share
    return bare and 1900 <= number.value <= 2100 and "," not in number.text


def _differs(claim: str, number: Number, quote: str) -> bool:
    """Tell whether a quote has another number where the claim has this one."""
    things = _things(claim, number)
    for other in numbers_in(quote):
        if number.is_same(other):
            continue
        if _is_year(number) and _is_year(other):
            return True
        if number.share and other.share:
            return True
        if number.unit and other.unit and number.unit.dimension == other.unit.dimension:
            return True
        if things & _things(quote, other):
            return True
    return False


def _things(text: str, number: Number) -> set[str]:
    """Return the words behind a number, which tell what it counts."""
    behind = text[number.start + len(number.text) :]
    words = re.findall(r"[^\W\d_]+", re.split(r"[.,;:()。，；]", behind, maxsplit=1)[0])  # noqa: RUF001
    return set(content_words(" ".join(words[:2])))


def _says_more(
    claim: str, proved: Sequence[Number], asked: Sequence[Number], sources: Sources
) -> bool:
    given = {one.value for one in asked}
    if any(number.value not in given for number in proved):
        return True
    if _COUNTS.search(sources.question):
        return False
    held = set(content_words(" ".join(sources.quotes)))
    new = set(content_words(claim)) - set(content_words(f"{sources.question} {sources.context}"))
    return len(new & held) >= _OTHER_WORDS
