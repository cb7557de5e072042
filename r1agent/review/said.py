"""What a review has said so far, so that no sentence stands in it twice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from r1agent.checks.likeness import repeats
from r1agent.checks.numbers import numbers_in
from r1agent.types import Answer, Citation, Claim


@dataclass(slots=True, eq=False)
class Line:
    """A sentence of the review and where it stands."""

    section: int
    claim: Claim


@dataclass(slots=True, eq=False)
class Kept:
    """What is left of an answer once nothing is said twice."""

    answer: Answer
    lines: list[Line]
    extracts: tuple[Citation, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Whether nothing of it is left."""
        return not self.lines and not self.extracts

    def shown(self) -> Answer:
        """Return the answer with what is left, and who says otherwise than that."""
        claims = tuple(line.claim for line in self.lines)
        texts = {claim.text for claim in claims}
        against = tuple(one for one in self.answer.contradictions if one.claim in texts)
        return replace(self.answer, claims=claims, extracts=self.extracts, contradictions=against)


@dataclass(slots=True)
class Said:
    """Sentences and quotes of the sections so far, in the order of the review."""

    lines: list[Line] = field(default_factory=list)
    quotes: dict[Citation, int] = field(default_factory=dict)
    """Quotes that stand by themselves, with their sections."""

    def take(self, answer: Answer, section: int) -> tuple[Kept, list[int]]:
        """Return what an answer adds, and the sections, one a time, that had the rest.

        A sentence that another paper says in the very same words lends its quotes to the one that
        stands already. One in nearly the same words stays where it rests on a further paper.
        """
        new: list[Line] = []
        before: list[int] = []
        for claim in answer.claims:
            same = next((line for line in self.lines if _same(claim, line.claim)), None)
            if same is not None:
                same.claim = _joined(same.claim, claim)
                before.append(same.section)
            elif (found := self._holding(claim)) is not None:
                before.append(found.section)
            else:
                new.append(Line(section, claim))
                self.lines.append(new[-1])
        extracts = self._new_quotes(answer.extracts, section, before)
        return Kept(answer, new, extracts), before

    def _holding(self, claim: Claim) -> Line | None:
        """Find a sentence that says the same in nearly its words, or tells it from its quotes."""
        near = (line for line in self.lines if _nearly(claim, line.claim))
        return next(near, None) or self._with_quotes_of(claim)

    def _with_quotes_of(self, claim: Claim) -> Line | None:
        """Find where all quotes of a claim stand, under sentences that have all its numbers."""
        if not claim.citations or claim.computations:
            return None
        lines = [self._with_quote(citation) for citation in claim.citations]
        held = [line for line in lines if line is not None]
        if len(held) < len(lines):
            return None
        told = {number for line in held for number in _numbers(line.claim)}
        return held[0] if _numbers(claim) <= told else None

    def _with_quote(self, citation: Citation) -> Line | None:
        for line in self.lines:
            if any(_covers(other, citation) for other in line.claim.citations):
                return line
        return None

    def _new_quotes(
        self, extracts: Sequence[Citation], section: int, before: list[int]
    ) -> tuple[Citation, ...]:
        new = []
        for quote in extracts:
            line = self._with_quote(quote)
            alone = (at for other, at in self.quotes.items() if _covers(other, quote))
            found = line.section if line is not None else next(alone, None)
            if found is None:
                self.quotes[quote] = section
                new.append(quote)
            else:
                before.append(found)
        return tuple(new)


def _same(claim: Claim, other: Claim) -> bool:
    return _plain(claim.text) == _plain(other.text) and claim.computations == other.computations


def _nearly(claim: Claim, other: Claim) -> bool:
    no_other_paper = _papers(claim) <= _papers(other)
    return (
        no_other_paper
        and _numbers(claim) <= _numbers(other)
        and repeats(claim.text, other.text)
        and not (claim.computations and claim.computations != other.computations)
    )


def _joined(claim: Claim, other: Claim) -> Claim:
    further = [one for one in other.citations if not any(_covers(c, one) for c in claim.citations)]
    return replace(claim, citations=(*claim.citations, *further)) if further else claim


def _covers(one: Citation, other: Citation) -> bool:
    """Tell whether a quote holds another one, at the same place of the same paper."""
    same_page = (one.paper, one.page) == (other.paper, other.page)
    return same_page and one.start <= other.start and other.end <= one.end


def _numbers(claim: Claim) -> set[float]:
    return {number.value for number in numbers_in(claim.text)}


def _papers(claim: Claim) -> set[str]:
    return {citation.paper for citation in claim.citations}


def _plain(text: str) -> str:
    return " ".join(text.casefold().split()).rstrip(".。!！")  # noqa: RUF001 - Chinese ends
