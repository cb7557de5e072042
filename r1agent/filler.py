"""Sentences that pass every check and answer nothing: what a paper is about, or does not say."""

from __future__ import annotations

import re

from r1agent.checks.answers import asked_for
from r1agent.checks.numbers import numbers_in
from r1agent.words import content_words, is_chinese

_SOURCE = (
    r"(?:papers?|passages?|stud(?:y|ies)|texts?|documents?|articles?|authors?|sources?|survey)"
)
_ABOUT = re.compile(
    rf"(?:in (?:this|the) {_SOURCE},? )?(?:this|these|the|both|all)"
    rf"(?: (?:provided|given|two|above))? (?:{_SOURCE}|they)(?: \d+)? (?:also |mainly |primarily )?"
    r"(?:discuss|explor|examin|focus|address|describ|investigat|cover|review|deal|mention|provid)"
    r"\w*\b|(?:该|这篇|这些|本)(?:论文|文章|文献|研究)(?:主要)?(?:讨论|探讨|研究|介绍|关注|描述)了?",
    re.IGNORECASE,
)
_ASKS_ABOUT = re.compile(
    r"\babout\b|\b(?:discuss|explor|examin|focus|address|describ|investigat|cover|review|topic"
    r"|mention|provid)|讨论|研究了?什么|主题|关于",
    re.IGNORECASE,
)
_SILENT = re.compile(
    rf"\b(?:{_SOURCE}|they|it) (?:above |provided |given )?(?:do|does|did)(?: not|n['’]t)"  # noqa: RUF001
    r" (?:explicitly |directly |specifically )?"
    r"(?:mention|say|state|specify|provide|contain|give|include|discuss|report|indicate|answer)"
    rf"|\bnot (?:explicitly |directly )?(?:mentioned|stated|specified|provided|given|discussed)"
    rf" (?:in|by) (?:the |any |these |this )?(?:\w+ )?{_SOURCE}"
    rf"|\bno (?:information|mention|details?|answer)\b.{{0,60}}\b{_SOURCE}"
    rf"|\b{_SOURCE} (?:contain|provide|give|offer|have|has)s? no\b"
    r"|(?:论文|文章|文献|段落|资料)(?:中)?(?:都)?(?:没有|并未|未)(?:明确)?(?:提到|提及|说明|给出|提供|指出)",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:which|what|where|who|whose|when|why|how)\b|^name\b", re.IGNORECASE)
_TELLS_NOTHING = frozenset(
    "tool packag softwar paper author studi work system method approach team process result".split()
)
"""Stems that a sentence may add to a question without telling anything."""
_DIGIT = re.compile(r"\d")


def is_filler(text: str, question: str) -> bool:
    """Tell whether a sentence only says what a paper is about, or that it does not say something.

    Both pass any check against the papers without answering; what a paper is about is an answer
    where just that was asked, or where a number is told.
    """
    if says_that_nothing_is_said(text):
        return True
    about = _ABOUT.match(text)
    asked = about is not None and (_ASKS_ABOUT.search(question) or _DIGIT.search(text))
    return about is not None and not asked


def adds_nothing(text: str, question: str) -> bool:
    """Tell whether a sentence answers "Which …?" in the question's own words and nothing else.

    "Does it help?" may be answered so.
    """
    if not _OPEN.search(question) or is_chinese(text) != is_chinese(question):
        return False
    given = {number.value for number in numbers_in(question)}
    if any(number.value not in given for number in numbers_in(text)):
        return False
    return not set(content_words(text)) - set(content_words(question)) - _TELLS_NOTHING


def is_beside(text: str, question: str) -> bool:
    """Tell whether a sentence has no word of a question that asks for a number, date or name.

    Such a question is answered by one fact; what else a passage says is beside it.
    """
    if asked_for(question) is None:
        return False
    return not set(content_words(text)) & set(content_words(question))


def says_that_nothing_is_said(text: str) -> bool:
    """Tell whether a text says of the papers or passages that they do not answer."""
    return _SILENT.search(text) is not None
