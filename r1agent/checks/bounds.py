"""Bounds: `at least 15` is not `at most 15`, and neither is `15`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Literal

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.quantities import Number, numbers_in, without_references

Bound = Literal["at least", "at most", ""]

_LEAST = (
    r"at least|(?:no|not) (?:less|fewer) than|minimum of|more than|greater than|over|above|"
    r"exceed(?:s|ed|ing)?|(?:larger|higher|longer|older) than|upwards of|[≥>]=?|"
    r"至少|不少于|不低于|超过|多于|大于|高于"
)
_MOST = (
    r"at most|(?:no|not) more than|up to|maximum of|less than|fewer than|under|below|"
    r"(?:smaller|lower|shorter|younger) than|[≤<]=?|至多|最多|不超过|不多于|少于|小于|"
    r"低于|不到|不足"
)
_BEFORE: dict[Bound, re.Pattern[str]] = {
    # the longest first: `no more than` ends in `more than`, `不超过` in `超过`
    "at most": re.compile(
        rf"(?<!no )(?<!not )(?<![^\W\u3400-\u9fff])(?:{_MOST})\s*(?:the |a |an )?[$€£]?$",
        re.IGNORECASE,
    ),
    "at least": re.compile(
        rf"(?<!no )(?<!not )(?<!不)(?<![^\W\u3400-\u9fff])(?:{_LEAST})\s*(?:the |a |an )?[$€£]?$",
        re.IGNORECASE,
    ),
}
_BEHIND: dict[Bound, re.Pattern[str]] = {
    "at least": re.compile(
        r"\S*\s*(?:[a-z%]+\s+)?or (?:more|higher|greater|above|older|longer)\b|\S?以上"
    ),
    "at most": re.compile(
        r"\S*\s*(?:[a-z%]+\s+)?or (?:less|fewer|lower|below|under|younger)\b|\S?以下"
    ),
}
_REACH = 24  # characters before a number


class BoundCheck:
    """Compare whether a number is a least, a most, or the number itself."""

    name = "bounds"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where every quote that has the number bounds it otherwise."""
        quoted = [one for quote in sources.quotes for one in _bounded(without_references(quote))]
        printed = {one.amount for text in sources.outputs for one in numbers_in(text)}
        for number, bound in _bounded(claim):
            there = {other_bound for other, other_bound in quoted if number.is_same(other)}
            if not there or bound in there or number.amount in printed:
                continue
            other = next(iter(there))
            if bound and other:
                return Finding(
                    "contradicted", f"says {bound} {number.text} where the quote says {other}"
                )
            said, meant = bound or "just", other or "just"
            return Finding("partly", f"says {said} {number.text} where the quote says {meant}")
        return None


def _bounded(text: str) -> Iterator[tuple[Number, Bound]]:
    for number in numbers_in(text):
        yield number, _bound(text, number)


def _bound(text: str, number: Number) -> Bound:
    before = text[max(0, number.start - _REACH) : number.start]
    for bound, words in _BEFORE.items():
        if words.search(before):
            return bound
    behind = text[number.start + len(number.text) :][:_REACH]
    return next((bound for bound, words in _BEHIND.items() if words.match(behind)), "")
