"""Dates: what happened in a year, happened in that year in the quote too."""

from __future__ import annotations

import re
from collections.abc import Iterator

from r1agent.checks.cited_years import without_cited_years
from r1agent.checks.finding import Finding, Sources
from r1agent.words import content_words

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_YEAR = r"(?:1[5-9]|20)\d\d"
_MONTH_AND_YEAR = re.compile(
    rf"\b(?P<month>{_MONTHS})(?: (?:\d{{1,2}}(?:st|nd|rd|th)?,?|of))?,? (?P<year>{_YEAR})\b",
    re.IGNORECASE,
)
_HAPPENED = re.compile(
    rf"\b(?P<verb>[a-z]{{4,}}) (?:back )?(?:in|since|from|as of|until|around) "
    rf"(?:(?:early|mid|late|about|the (?:middle|beginning|end|summer|spring|fall|autumn|winter) of"
    rf"|(?:{_MONTHS})(?: \d{{1,2}},?)?)[ -])?(?P<year>{_YEAR})\b",
    re.IGNORECASE,
)


class DateCheck:
    """Compare the year behind a verb, and the year beside a month, in claim and quotes."""

    name = "dates"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where a quote dates the same otherwise, and none as the claim does."""
        quoted = " ".join(without_cited_years(quote, claim) for quote in sources.quotes)
        for read in (_months, _verbs):
            there = list(read(quoted))
            for what, year in read(claim):
                years = {other for known, other in there if known == what}
                if years and year not in years:
                    return Finding(
                        "contradicted", f"says {what} {year} where the quote says {min(years)}"
                    )
        return None


def _months(text: str) -> Iterator[tuple[str, str]]:
    for found in _MONTH_AND_YEAR.finditer(text):
        yield found["month"].capitalize(), found["year"]


def _verbs(text: str) -> Iterator[tuple[str, str]]:
    """Yield the stem of each word that a year stands behind, with that year."""
    for found in _HAPPENED.finditer(text):
        for stem in content_words(found["verb"]):
            yield stem, found["year"]
