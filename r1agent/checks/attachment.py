"""Attachment: two numbers of a sentence belong to the same things as in its quote."""

from __future__ import annotations

import re
from itertools import combinations

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.neighbours import Piece, at, likeness, pieces_of
from r1agent.checks.quantities import Number, numbers_in, without_references

_CLEARLY = 1.25
_ENOUGH = 0.3
_MOST = 10
_JOINED = re.compile(r"[\s,;、/]*(?:and|or|&|和|与|或)?\s*")
_IN_ORDER = re.compile(r"\brespectively\b|分别|依次")


class AttachmentCheck:
    """Find numbers that changed places: what stands around one is what the other had around it."""

    name = "attachment of numbers"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where two numbers of a quote are exchanged in the claim."""
        findings = (_exchanged(claim, without_references(quote)) for quote in sources.quotes)
        return next((finding for finding in findings if finding is not None), None)


def _exchanged(claim: str, quote: str) -> Finding | None:
    ours, theirs = _once(claim), _once(quote)
    shared = [amount for amount in ours if amount in theirs][:_MOST]
    if len(shared) < 2:
        return None
    here, there = pieces_of(claim), pieces_of(quote)
    for one, other in combinations(shared, 2):
        if _is_list(claim, ours[one], ours[other]) and _is_list(quote, theirs[one], theirs[other]):
            continue
        straight = _like(ours[one], theirs[one], here, there)
        straight += _like(ours[other], theirs[other], here, there)
        crossed = _like(ours[one], theirs[other], here, there)
        crossed += _like(ours[other], theirs[one], here, there)
        if crossed > _ENOUGH + _CLEARLY * straight:
            reason = f"{ours[one].text} and {ours[other].text} have changed places"
            return Finding("contradicted", reason)
    return None


def _is_list(text: str, one: Number, other: Number) -> bool:
    """Tell whether two numbers stand side by side, in an order that says nothing."""
    first, second = sorted((one, other), key=lambda number: number.start)
    between = text[first.start + len(first.text) : second.start]
    return _JOINED.fullmatch(between) is not None and not _IN_ORDER.search(text)


def _like(one: Number, other: Number, here: list[Piece], there: list[Piece]) -> float:
    return likeness(here, at(here, one.start), there, at(there, other.start))


def _once(text: str) -> dict[tuple[float, bool], Number]:
    """Return the numbers that a text has once."""
    found: dict[tuple[float, bool], list[Number]] = {}
    for number in numbers_in(text):
        found.setdefault((number.amount, number.percent), []).append(number)
    return {key: numbers[0] for key, numbers in found.items() if len(numbers) == 1}
