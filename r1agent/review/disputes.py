"""Where papers of a section contradict each other, with the quotes of both sides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations

from r1agent.checks.judging import Judge
from r1agent.checks.negations import reversal
from r1agent.checks.numbers import numbers_in
from r1agent.contradictions import says_otherwise
from r1agent.types import Answer, Citation
from r1agent.words import content_words

_SHARED = 3
"""Words that two sentences must share for a single other one to decide."""


@dataclass(frozen=True, slots=True)
class Dispute:
    """Two papers that say otherwise than each other."""

    one: Citation
    other: Citation
    statement: str
    """What rests on the quote `one`."""
    reason: str
    """In what it differs from the quote `other`."""


@dataclass(frozen=True, slots=True)
class _Statement:
    text: str
    citations: tuple[Citation, ...]

    @property
    def papers(self) -> set[str]:
        return {citation.paper for citation in self.citations}


def disputes_in(answers: Iterable[Answer], judge: Judge | None) -> tuple[Dispute, ...]:
    """Return what the answers found, and what their sentences and quotes say against each other.

    Args:
        answers: Those of one section.
        judge: Of the gate; None where it has none.
    """
    answers = tuple(answers)
    found: dict[frozenset[tuple[str, str]], Dispute] = {}
    statements = list(dict.fromkeys(_statements(answers)))
    for dispute in (*_found_before(answers), *_between(statements, judge)):
        sides = frozenset((each.paper, each.quote) for each in (dispute.one, dispute.other))
        found.setdefault(sides, dispute)
    return tuple(found.values())


def _found_before(answers: Iterable[Answer]) -> Iterator[Dispute]:
    for answer in answers:
        quotes = {claim.text: claim.citations for claim in answer.claims if claim.citations}
        for one in answer.contradictions:
            if one.claim in quotes:
                yield Dispute(quotes[one.claim][0], one.citation, one.claim, one.reason)


def _statements(answers: Iterable[Answer]) -> Iterator[_Statement]:
    for answer in answers:
        for claim in answer.claims:
            if claim.citations:
                yield _Statement(claim.original or claim.text, claim.citations)
        for quote in answer.extracts:
            yield _Statement(quote.quote, (quote,))


def _between(statements: Iterable[_Statement], judge: Judge | None) -> Iterator[Dispute]:
    for one, other in combinations(statements, 2):
        if one.papers & other.papers:
            continue
        dispute = _against(one, other, judge) or _against(other, one, judge)
        if dispute is not None:
            yield dispute


def _against(one: _Statement, other: _Statement, judge: Judge | None) -> Dispute | None:
    for citation in other.citations:
        reason = says_otherwise(one.text, citation, judge) or _turned(one.text, citation.quote)
        if reason:
            return Dispute(one.citations[0], citation, one.text, reason)
    return None


def _turned(one: str, other: str) -> str | None:
    """Say in what a sentence turns another one around that has its words but for one.

    A judge that weighs words sees support there: all others are the same.
    """
    ours, theirs = set(content_words(one)), set(content_words(other))
    if len(ours & theirs) < _SHARED or max(len(ours - theirs), len(theirs - ours)) > 1:
        return None
    numbers = [{number.value for number in numbers_in(text)} for text in (one, other)]
    return reversal(one, other) if numbers[0] == numbers[1] else None
