"""Answers: what is shown holds what was asked for; a number, a year, a name.

Every other check looks at one sentence and its quotes. A sentence can pass all of them and be no
answer: "Training was long" to "How long did training take?".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Literal

from r1agent.checks.numbers import numbers_in
from r1agent.types import Claim, Verdict
from r1agent.words import content_words

Asked = Literal["percentage", "number", "date", "name"]

_NUMBER = re.compile(
    r"\bhow (?:many|long did|long does|long was|old (?:was|were|is|are)|far (?:was|is|did))\b"
    r"|\bhow (?:much|many|far) (?:\w+ )?(?:more|less|fewer|better|worse|higher|lower|faster|slower"
    r"|larger|smaller|greater|longer|shorter)\b"
    r"|\b(?:by how much|what|which) (?:was |is )?(?:the )?"
    r"(?:percentage|fraction|share|proportion|number) of\b"
    r"|\b(?:by how much|how much time|how much memory)\b"
    r"|多少|几[个次名种篇倍人年天小]|百分之几|多大|多长时间",
    re.IGNORECASE,
)
_PERCENTAGE = re.compile(
    r"\b(?:by )?(?:what|which) (?:\w+ )?(?:percentage|share|fraction|proportion),? (?:of|in)\b"
    r"|\bhow (?:many|much) percent(?! ?age)\b|百分之[几多]",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\b(?:half|halves|thirds?|quarters?|fifths?|tenths?|all|none|every|no|majority|minority)\b"
    r"|\d+ (?:out )?of (?:the |all )?\d|\b(?:one|two|three|four|five) (?:out of|in) \w+\b"
    r"|百分之|成|一半",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"^\W*(?:(?:in|since|until|from) )?"
    r"(?:when (?:did|was|were)|(?:which|what) (?:year|month|date))\b"
    r"|哪一?[年月]|什么时候",
    re.IGNORECASE,
)
_NAME = re.compile(
    r"^\W*(?:who (?:wrote|proposed|introduced|invented|developed|published|replicated|reported"
    r"|found|showed|discovered|designed|created|conducted|ran|led|argued|claimed|first|is|was|were|are)"
    r"|which authors?|whose)\b|谁|哪位",
    re.IGNORECASE,
)
_AMOUNT_WORDS = re.compile(
    r"\b(?:no|none|zero|one|once|two|twice|both|half|halve[sd]?|double[sd]?|triple[sd]?|single"
    r"|dozen|hundreds?|thousands?|millions?|billions?|all|every|each|never|thirty|forty|fifty|sixty"
    r"|seventy|eighty|ninety|hundred)\b|[一二两三四五六七八九十百千万亿半零无]",
    re.IGNORECASE,
)
_YEAR_OR_MONTH = re.compile(
    r"(?<!\d)(?:1[5-9]|20)\d\d(?!\d)|\b(?:January|February|March|April|May|June|July|August"
    r"|September|October|November|December)\b|\d+ ?[年月日]|\bcentury\b|世纪"
)
_CAPITAL = re.compile(r"(?:^|(?<=[\s(\"“]))[A-Z][\w’'-]*")  # noqa: RUF001
_HAN = re.compile(r"[\u3400-\u9fff]")
_WORDS_FOR = {
    "percentage": "percentage",
    "number": "number",
    "date": "year or date",
    "name": "name",
}


def asked_for(question: str) -> Asked | None:
    """Return what an answer must hold; None for the many questions that any sentence may answer.

    "How much does it help?" and "When does it hurt?" can be answered in words.
    """
    if _DATE.search(question):
        return "date"
    if _PERCENTAGE.search(question):
        return "percentage"
    if _NUMBER.search(question):
        return "number"
    return "name" if _NAME.search(question) else None


def holds(asked: Asked, text: str, question: str = "") -> bool:
    """Tell whether a sentence holds a number, a date or a name that is not the question's own."""
    if asked == "percentage":
        shares = [number for number in numbers_in(text) if number.percent or number.share]
        return any(shares) or _PARTS.search(text) is not None
    if asked == "number":
        given = {number.value for number in numbers_in(question)}
        told = any(number.value not in given for number in numbers_in(text))
        return told or _AMOUNT_WORDS.search(text) is not None
    if asked == "date":
        return _YEAR_OR_MONTH.search(text) is not None
    said = {word.lower() for word in _CAPITAL.findall(question)}
    names = (word for word in _CAPITAL.findall(text) if word.lower() not in said)
    return _HAN.search(text) is not None or any(content_words(word) for word in names)


def with_what_was_asked(claims: Sequence[Claim], question: str) -> list[Claim]:
    """Return the claims; where none that is supported holds what was asked for, none is shown.

    Sentences beside the one that answers stay, so that they can tell of its conditions.
    """
    asked = asked_for(question)
    supported = [claim for claim in claims if claim.verdict.supported]
    if asked is None or any(_answers(asked, claim, question) for claim in supported):
        return list(claims)
    reason = f"the question asks for a {_WORDS_FOR[asked]}, and no sentence gives one"
    return [
        replace(claim, verdict=Verdict("partly", claim.verdict.rests_on, (reason,)))
        if claim.verdict.supported
        else claim
        for claim in claims
    ]


def _answers(asked: Asked, claim: Claim, question: str) -> bool:
    """A bare number that a program printed for a percentage is one."""
    if asked == "percentage" and claim.computations:
        asked = "number"
    return holds(asked, claim.text, question)
