"""Doubts about sentences that passed the gate: fixed reasons to read the quote before trusting."""

# ruff: noqa: E501 - wordings, Chinese and curly marks among them

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from r1agent.chat_tokens import has_chat_tokens
from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.quotes import context_of, is_sentence
from r1agent.safety.hidden_characters import as_read, hides_text
from r1agent.safety.requests import asks
from r1agent.types import Claim, Verdict
from r1agent.words import content_words, is_chinese

FEW_WORDS = 0.7
"""Share of a sentence's words in its quotes below which floors alone say little; the floor is .6."""
_SHORT = 0.6  # of the sentence's content words that its only quote has, counted
_HEDGES = re.compile(
    r"\b(?:may|might|could|perhaps|possibly|probably|likely|suggest(?:s|ed|ing)?|appear(?:s|ed)? to|"
    r"seem(?:s|ed)? to|tend(?:s|ed)? to|hypothesi[sz]e[sd]?|speculate[sd]?|preliminary|potentially|"
    r"indicat(?:e[sd]?|ing)|in some cases|not clear)\b|可能|也许|或许|似乎|大概|倾向于|初步",
    re.IGNORECASE,
)
_SWEEPING = re.compile(
    r"\b(always|never|all|every|none|proves?|proved|proven|definitely|undoubtedly|certainly|guarantees?|"
    r"completely|entirely|in all cases|without exception)\b|(总是|从不|所有|全部|证明了|必然|完全|毫无疑问)",
    re.IGNORECASE,
)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


def audit_claims(
    claims: Sequence[Claim], *, question: str = "", judged_by: str = "", drop: bool = False
) -> list[Claim]:
    """Return the claims, each that was supported with its `doubt` where there is one.

    Args:
        claims: As the gate judged them; those that it did not support stay as they are.
        question: Its words prove less when a quote has them too.
        judged_by: How entailment was judged; floors are trusted less.
        drop: Make claims with a doubt unsupported, so that they are not shown.
    """
    return [_audited(claim, question, judged_by, drop=drop) for claim in claims]


def doubt_about(claim: Claim, *, question: str = "", judged_by: str = "") -> str:
    """Say why a supported sentence rests on little, or return an empty text."""
    text = claim.original or claim.text
    quotes = [citation.quote for citation in claim.citations]
    if not quotes:
        return ""  # a computation carries it, which was run
    quoted = " ".join(quotes)
    if _HEDGES.search(quoted) and not _HEDGES.search(text):
        return f"the quote is more careful: it says {_found(_HEDGES, quoted)!r}"
    sweeping = _SWEEPING.search(text)
    if sweeping and sweeping[0].lower() not in quoted.lower():
        return f"it says {sweeping[0]!r}, which the quote does not"
    if not claim.computations and not any(is_sentence(quote) for quote in quotes):
        return "it rests on a row of a table or a heading, not on a sentence"
    if len(quotes) == 1 and len(content_words(quoted)) < _SHORT * len(content_words(text)):
        return "its only quote is shorter than the sentence"
    share = coverage(
        text, quoted, Sources(tuple(quotes), (), question, context_of(claim.citations))
    )
    if "floor" in judged_by and share < FEW_WORDS and not claim.computations:
        return f"only {share:.0%} of its words are in the quote, and no model compared the meanings"
    return ""


def unclean(text: str) -> str:
    """Say what a sentence holds that no answer should: chat marks, control or hidden characters."""
    if has_chat_tokens(text):
        return "it holds marks of a chat template"
    if _CONTROL.search(text):
        return "it holds control characters"
    hidden = hides_text(text)
    return f"it holds {hidden}" if hidden else ""


def _audited(claim: Claim, question: str, judged_by: str, *, drop: bool) -> Claim:
    if not claim.verdict.supported:
        return claim
    if problem := unclean(claim.text) or _carries_out(claim, question):
        return replace(claim, verdict=Verdict("unsupported", claim.verdict.rests_on, (problem,)))
    doubt = doubt_about(claim, question=question, judged_by=judged_by)
    if doubt and drop:
        verdict = Verdict("partly", claim.verdict.rests_on, (f"low confidence: {doubt}",))
        return replace(claim, verdict=verdict, doubt=doubt)
    return replace(claim, doubt=doubt)


def _carries_out(claim: Claim, question: str) -> str:
    """Say so where a sentence repeats an order or a question of a paper instead of stating a thing.

    One that shares a word with the question may be advice that was asked for.
    """
    said = claim.original or claim.text
    if not claim.citations or not question or is_chinese(said) != is_chinese(question):
        return ""
    apart = not set(content_words(said)) & set(content_words(question))
    return "it asks for something else than the question" if apart and asks(as_read(said)) else ""


def _found(pattern: re.Pattern[str], text: str) -> str:
    found = pattern.search(text)
    return found[0] if found else ""
