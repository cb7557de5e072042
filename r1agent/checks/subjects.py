"""Subjects: what a sentence tells is told by the paper that the sentence speaks of.

A small model that is asked about two papers, or shown five, tells of one what another says. Every
word of such a sentence stands in some quote.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.numbers import numbers_in
from r1agent.words import content_words

_CLAUSES = re.compile(r"(?:,|;)\s+(?:and|while|whereas|but)\s+|\s+(?:while|whereas)\s+|;\s+")
_FEWEST_WORDS = 3
_SHARE = 0.75
"""Of what speaks for the paper that fits best, so much must speak for the quoted one."""
_FEWEST_MORE = 2
"""Words that the better paper has and the quoted one lacks: a single one ("gave") is chance."""


class SubjectCheck:
    """Ask that the quote which carries a clause is of the paper that the clause is about.

    Which paper that is, the words say that the clause shares with the question, rare ones among
    the papers of the run most.
    """

    name = "subjects"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding where another paper of the run fits much better, or None."""
        if not sources.question or len(sources.papers) < 2 or not sources.quotes:
            return None
        papers = {paper: set(content_words(text)) for paper, text in sources.papers.items()}
        if any(self._is_of_another(clause, sources, papers) for clause in clauses(claim)):
            return Finding("unsupported", "the quote is of another paper than it speaks of")
        return None

    def _is_of_another(self, clause: str, sources: Sources, papers: Mapping[str, set[str]]) -> bool:
        words, asked = set(content_words(clause)), set(content_words(sources.question))
        carrier = _carrier(clause, words - asked, sources)
        if carrier is None:
            return False
        told = words & asked
        fits = {paper: _weight(told, held, papers) for paper, held in papers.items()}
        best = max(fits, key=lambda paper: fits[paper])
        more = (told & papers[best]) - papers.get(carrier, set())
        return len(more) >= _FEWEST_MORE and fits.get(carrier, 0.0) < _SHARE * fits[best]


def clauses(claim: str) -> list[str]:
    """Split a sentence where it goes on about something else; short pieces stay whole."""
    pieces = _CLAUSES.split(claim)
    if any(len(content_words(piece)) < _FEWEST_WORDS for piece in pieces):
        return [claim]
    return pieces


def _carrier(clause: str, added: set[str], sources: Sources) -> str | None:
    """Return the paper of the quote with most of what a clause adds; None where it adds nothing."""
    numbers = {number.value for number in numbers_in(clause)}
    numbers -= {number.value for number in numbers_in(sources.question)}
    carried = [
        len(added & set(content_words(quote)))
        + len(numbers & {number.value for number in numbers_in(quote)})
        for quote in sources.quotes
    ]
    most = max(carried)
    return sources.origins[carried.index(most)] if most else None


def _weight(words: set[str], held: set[str], papers: Mapping[str, set[str]]) -> float:
    """Sum up the words that a paper has, those that few papers of the run have counting more."""
    shared = {word: sum(word in other for other in papers.values()) for word in words & held}
    return sum(math.log((len(papers) + 1) / count) for count in shared.values())
