"""Dates: what happened in a year, happened in that year in the quote too."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from r1agent.checks.cited_years import without_cited_years
from r1agent.checks.finding import Finding, Sources
from r1agent.words import content_words

_MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
_YEAR = r"(?P<year>(?:1[5-9]|20)\d\d)(?!\d)"
_MONTH_AND_YEAR = re.compile(
    rf"\b(?P<month>{_MONTHS})(?: (?:\d{{1,2}}(?:st|nd|rd|th)?,?|of))?,? {_YEAR}", re.IGNORECASE
)
_VERB_AND_YEAR = re.compile(
    r"\b(?P<verb>[a-z]{4,}) (?:back )?(?:in|since|from|as of|until|around) "
    r"(?:(?:early|mid|late|about|the (?:middle|beginning|end|summer|spring|fall|autumn|winter) of"
    rf"|(?:{_MONTHS})(?: \d{{1,2}},?)?)[ -])?{_YEAR}",
    re.IGNORECASE,
)
_YEAR_AND_MORE = re.compile(rf"\b(?:in|since) {_YEAR}(?P<more>[^.;]{{0,80}})", re.IGNORECASE)


class _Dated(NamedTuple):
    """What a text gives a year."""

    word: str
    stem: str
    year: str


class DateCheck:
    """Compare the year of a verb, and the year beside a month, in claim and quotes."""

    name = "dates"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where a quote dates the same otherwise, and none as the claim does."""
        quoted = _flat(" ".join(without_cited_years(quote, claim) for quote in sources.quotes))
        claim = _flat(claim)
        return _differs(_months(claim), [*_months(quoted)]) or _differs(
            _verbs(claim), [*_verbs(quoted), *_behind(quoted)]
        )


def _differs(told: Iterator[_Dated], there: list[_Dated]) -> Finding | None:
    for one in told:
        years = {other.year for other in there if other.stem == one.stem}
        if years and one.year not in years:
            reason = f"says {one.word} {one.year} where the quote says {min(years)}"
            return Finding("contradicted", reason)
    return None


def _flat(text: str) -> str:
    return " ".join(text.split())


def _months(text: str) -> Iterator[_Dated]:
    for found in _MONTH_AND_YEAR.finditer(text):
        month = found["month"].capitalize()
        yield _Dated(month, month, found["year"])


def _verbs(text: str) -> Iterator[_Dated]:
    """Yield each word that a year stands behind: `founded in 2012`."""
    for found in _VERB_AND_YEAR.finditer(text):
        for stem in content_words(found["verb"]):
            yield _Dated(f"{found['verb']} in", stem, found["year"])


def _behind(text: str) -> Iterator[_Dated]:
    """Yield each word behind a year, up to a full stop: `in 2012 it was founded`."""
    for found in _YEAR_AND_MORE.finditer(text):
        for stem in content_words(found["more"]):
            yield _Dated(stem, stem, found["year"])
