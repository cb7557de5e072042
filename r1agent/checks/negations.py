"""Negations and opposites: a sentence that turns its quote around is contradicted by it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from r1agent.checks.finding import Finding, Sources
from r1agent.words import content_words

_VERB_CUES = re.compile(
    r"\b(?:not|never|cannot|fails?|failed|failing|hardly|rarely|unable)\b|n['’]t\b",  # noqa: RUF001
    re.IGNORECASE,
)
_NOUN_CUES = re.compile(r"\b(?:no|neither|nor|without|lacks?|lacked|lacking)\b", re.IGNORECASE)
_CHINESE_CUES = re.compile(r"(?:没有|不是|并非|未能|无法|不能|不会|[不没未无])(?=[\u3400-\u9fff])")
_BOTH = re.compile(r"\b(?:with (?:and|or) without|whether or not)\b", re.IGNORECASE)
_SCOPES = ((_VERB_CUES, 3), (_NOUN_CUES, 1))
"""Cues, and how many content words after one it can turn around."""
_OPPOSITES = (
    ("increas", "decreas"),
    ("rise", "fall"),
    ("rose", "fell"),
    ("higher", "lower"),
    ("highest", "lowest"),
    ("improv", "worsen"),
    ("improv", "degrad"),
    ("improv", "harm"),
    ("help", "hurt"),
    ("help", "harm"),
    ("better", "wors"),
    ("faster", "slower"),
    ("larger", "smaller"),
    ("greater", "smaller"),
    ("longer", "shorter"),
    ("gain", "loss"),
    ("outperform", "underperform"),
    ("success", "failur"),
    ("success", "unsuccess"),
    ("support", "contradict"),
    ("confirm", "refut"),
    ("positiv", "negat"),
    ("best", "worst"),
    ("maximum", "minimum"),
    ("above", "below"),
    ("before", "after"),
    ("升", "降"),
    ("提高", "降低"),
    ("增加", "减少"),
    ("高于", "低于"),
    ("优于", "劣于"),
)


class NegationCheck:
    """Compare what is negated, and which of two opposites is used, in claim and quotes."""

    name = "negations"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where the claim says the opposite of one of its quotes."""
        findings = (self._against(claim, quote) for quote in sources.quotes)
        return next((finding for finding in findings if finding is not None), None)

    def _against(self, claim: str, quoted: str) -> Finding | None:
        turned = _negated(claim) & (_words(quoted) - _negated(quoted))
        turned |= _negated(quoted) & (_words(claim) - _negated(claim))
        if turned and bool(_negated(claim)) != bool(_negated(quoted)):
            word = min(turned)
            return Finding("contradicted", f"negation of {word!r} differs from the quote")
        for one, other in _swapped(claim, quoted):
            return Finding("contradicted", f"says {one!r} where the quote says {other!r}")
        return None


def reversal(claim: str, sentence: str) -> str | None:
    """Say in what a sentence turns a claim around, or None; stricter than the check of the gate.

    Only an opposite word, or a verb right behind its negation, counts: whoever is told that a
    paper says otherwise should find it so.
    """
    for one, other in _swapped(claim, sentence):
        return f"says {one!r} where the quote says {other!r}"
    turned = _negated_verbs(sentence) & (_words(claim) - _negated(claim))
    turned |= _negated_verbs(claim) & (_words(sentence) - _negated(sentence))
    return f"negation of {min(turned)!r} differs from the quote" if turned else None


def _negated_verbs(text: str) -> set[str]:
    cues = (cue for cue in _VERB_CUES.finditer(text) if not text[cue.end() :].startswith(" to "))
    return {word for cue in cues for word in content_words(text[cue.end() :])[:1]}


def _words(text: str) -> set[str]:
    return set(content_words(text))


def _negated(text: str) -> set[str]:
    """The content words that stand in the scope of a negation."""
    text = _BOTH.sub(" ", text)
    scopes = [
        content_words(text[cue.end() :])[:reach]
        for cues, reach in _SCOPES
        for cue in cues.finditer(text)
    ]
    chinese = [
        content_words(text[cue.end() : cue.end() + 4]) for cue in _CHINESE_CUES.finditer(text)
    ]
    return {word for scope in [*scopes, *chinese] for word in scope}


def _swapped(claim: str, quoted: str) -> Iterator[tuple[str, str]]:
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            in_claim = _holds(one, claim) and not _holds(other, claim)
            if in_claim and _holds(other, quoted) and not _holds(one, quoted):
                yield one, other


def _holds(stem: str, text: str) -> bool:
    if not stem.isascii():
        return stem in text
    return re.search(rf"\b{stem}", text, re.IGNORECASE) is not None
