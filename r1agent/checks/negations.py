"""Negations and opposites: a sentence that turns its quote around is contradicted by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.likeness import around, same_matter
from r1agent.checks.polarity import Token, are_opposites, opposites_of, plainly_denied, read
from r1agent.words import content_words

_VERB_CUES = re.compile(
    r"\b(?:not|never|cannot|fails?|failed|failing|hardly|rarely|unable)\b|n['’]t\b",  # noqa: RUF001
    re.IGNORECASE,
)
_NOUN_CUES = re.compile(r"\b(?:no|neither|nor|without|lacks?|lacked|lacking)\b", re.IGNORECASE)
_CHINESE_CUES = re.compile(r"(?:没有|不是|并非|未能|无法|不能|不会|[不没未无])(?=[\u3400-\u9fff])")
_BOTH = re.compile(r"\b(?:with (?:and|or) without|whether or not)\b", re.IGNORECASE)
_DEGREE = re.compile(
    r"\b(no\s+|without\s+(?:any\s+)?)"
    r"(?:(?:(?:statistically|very)\s+)?(?:significant|substantial|notable|noticeable|measurable"
    r"|meaningful|clear|major|obvious|apparent|further|real|visible)\s+)+",
    re.IGNORECASE,
)
"""Says how large something is that is denied, and is not denied itself."""
_SCOPES = ((_VERB_CUES, 3), (_NOUN_CUES, 1))
"""Cues, and how many content words after one it can turn around."""
_CHINESE_OPPOSITES = (
    ("升", "降"),
    ("提高", "降低"),
    ("增加", "减少"),
    ("增强", "减弱"),
    ("促进", "抑制"),
    ("高于", "低于"),
    ("优于", "劣于"),
    ("有效", "无效"),
)
_REMOVAL = re.compile(r"remov|delet|deplet|knock|ablat|withdr|discontinu|eliminat|omit|dropp")
_ATTRIBUTE = re.compile(
    r"\w+est|high|low|long|short|early|late|young|old|strong|weak|fast|slow|large|small|many|few"
    r"|most|least|male|female|males|females|men|women|first|last|upper|primary|secondary|acute"
    r"|chronic|active|inactive|single|multiple|positive|negative|benign|malignant|normal|abnormal"
)
"""Words that often say which thing is meant, and not what is true of it."""
_SAME_MATTER = 0.25
"""How much of what stands around a word must stand around its opposite (0 to 1)."""


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
        differs = bool(turned) and bool(_negated(claim)) != bool(_negated(quoted))
        if differs and not _turned_back(claim, quoted):
            word = min(turned)
            return Finding("contradicted", f"negation of {word!r} differs from the quote")
        if differs:
            return None
        for one, other in _swapped(claim, quoted):
            return Finding("contradicted", f"says {one!r} where the quote says {other!r}")
        return None


def reversal(claim: str, sentence: str) -> str | None:
    """Say in what a sentence turns a claim around, or None; stricter than the check of the gate.

    Only an opposite word, or a verb right behind its negation, counts: whoever is told that a
    paper says otherwise should find it so.
    """
    if not _taken_away(claim, sentence):
        for one, other in _swapped(claim, sentence):
            if not _ATTRIBUTE.fullmatch(one):
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
    text = _DEGREE.sub(r"\1", _BOTH.sub(" ", plainly_denied(text)))
    scopes = [
        content_words(text[cue.end() :])[:reach]
        for cues, reach in _SCOPES
        for cue in cues.finditer(text)
    ]
    chinese = [
        content_words(text[cue.end() : cue.end() + 4]) for cue in _CHINESE_CUES.finditer(text)
    ]
    return {word for scope in [*scopes, *chinese] for word in scope}


def _swapped(claim: str, quoted: str) -> list[tuple[str, str]]:
    """List the words of a claim whose opposite the quote has in their place.

    Two turns make one sense: `larger ones need less` is `smaller ones need more`.
    """
    chinese = [
        (one, other)
        for pair in _CHINESE_OPPOSITES
        for one, other in (pair, pair[::-1])
        if one in claim and other not in claim and other in quoted and one not in quoted
    ]
    turns = dict(_opposite_words(read(claim), read(quoted)))
    removed = len(_removed(read(claim)) ^ _removed(read(quoted))) > 0
    return chinese + (list(turns.items()) if (len(turns) + removed) % 2 else [])


def _opposite_words(ours: Sequence[Token], theirs: Sequence[Token]) -> Iterator[tuple[str, str]]:
    our_stems, their_stems = ({token.stem for token in tokens} for tokens in (ours, theirs))
    for place, token in enumerate(ours):
        if token.stem in their_stems or not opposites_of(token.word):
            continue
        here = around(ours, place)
        for other_place, opposite in enumerate(theirs):
            if opposite.stem in our_stems or token.denied != opposite.denied:
                continue
            if not are_opposites(token.word, opposite.word):
                continue
            if same_matter(here, around(theirs, other_place)) >= _SAME_MATTER:
                yield token.word, opposite.word


def _removed(tokens: Sequence[Token]) -> set[str]:
    """Return the stems right behind a word that takes them away: `removing dropout`."""
    content = [token for token in tokens if token.is_content]
    return {two.stem for one, two in pairwise(content) if _REMOVAL.match(one.word)}


def _taken_away(claim: str, quoted: str) -> bool:
    """Tell whether one of the two speaks of what happens without something: `without dropout`."""
    return bool((_nouns_denied(claim) ^ _nouns_denied(quoted)) & _words(claim) & _words(quoted))


def _nouns_denied(text: str) -> set[str]:
    text = _BOTH.sub(" ", text)
    cues = _NOUN_CUES.finditer(text)
    return {word for cue in cues for word in content_words(text[cue.end() :])[:1]}


def _turned_back(claim: str, quoted: str) -> bool:
    return _taken_away(claim, quoted) and bool(_swapped(claim, quoted))
