"""One plain sentence on how far the answers can be trusted, from what was counted.

Ends of ranges are those of Wilson's 95 % score interval (Wilson, Journal of the American
Statistical Association 22, 1927), rounded outwards. Unlike an interval by resampling it stays wide
where nothing went wrong in few tries: 10 of 10 is 72 to 100 of 100.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from r1agent.evaluate.evaluation import Scored, by_example
from r1agent.evaluate.planted.judged import TRUE
from r1agent.evaluate.systems.loop import LOOP

FEW = 30
"""Below so many tries it is said that they are few."""
_Z = 1.959964
_ALMOST = 1e-9


@dataclass(frozen=True, slots=True)
class Counted:
    """How often something came out, of so many tries."""

    hits: float
    tries: float

    @property
    def share(self) -> float:
        """From 0 to 1; 0 without a try."""
        return self.hits / self.tries if self.tries else 0.0

    @property
    def low(self) -> int:
        """The lower end, in percent, rounded down; 0 without a try."""
        return max(0, math.floor(100 * (self._centre - self._half) + _ALMOST))

    @property
    def high(self) -> int:
        """The upper end, in percent, rounded up; 100 without a try."""
        return min(100, math.ceil(100 * (self._centre + self._half) - _ALMOST))

    @property
    def _centre(self) -> float:
        return (self.hits + _Z**2 / 2) / (self.tries + _Z**2)

    @property
    def _half(self) -> float:
        spread = self.share * (1 - self.share) * self.tries + _Z**2 / 4
        return _Z / (self.tries + _Z**2) * math.sqrt(spread)

    def __str__(self) -> str:
        """Return `3 of 4`; means over repeats are rounded to tenths."""
        return f"{round(self.hits, 1):,g} of {round(self.tries, 1):,g}"


def trust(scored: Sequence[Scored]) -> str:
    """Return one sentence on what the gate, the search and each model can be trusted with.

    Of the systems of a model only the whole loop counts: it is what answers users.
    """
    found = [part for one in scored for part in (*_gate(one), *_search(one), *_model(one))]
    if not found:
        return (
            "Nothing could be measured on these papers, so nothing is known of how far to trust "
            "answers from them."
        )
    text = "; ".join(found)
    return f"{text[0].upper()}{text[1:]}."


def _gate(one: Scored) -> list[str]:
    rows = _rows(one)
    faults = _counted(rows, "caught", "fault")
    true = _counted(rows, "rejected", "true")
    parts = []
    if faults.tries:
        parts.append(
            f"of 100 planted errors the gate finds {faults.low} to {faults.high} "
            f"({faults} here{_few(faults)}; {_weakest(one)})"
        )
    if true.tries:
        parts.append(
            f"of 100 true sentences it drops {true.high} at most ({true} here{_few(true)})"
        )
    return parts


def _search(one: Scored) -> list[str]:
    if one.model:
        return []
    pages = _counted(_rows(one), "page_10", "searched")
    if not pages.tries:
        return []
    return [
        "search has the source page among its first ten passages for at least "
        f"{pages.low} of 100 questions ({pages} here{_few(pages)})"
    ]


def _model(one: Scored) -> list[str]:
    if one.system != LOOP:
        return []
    rows = _rows(one)
    cited = _counted(rows, "cited", "answerable_asked")
    silent = _counted(rows, "abstained", "unanswerable_asked")
    asked = f"with {one.model} the loop"
    parts = []
    if cited.tries:
        parts.append(
            f"{asked} cites the source page for at least {cited.low} of 100 questions that the "
            f"papers answer ({cited} here{_few(cited)})"
        )
    if silent.tries:
        parts.append(
            f"{asked} answers up to {100 - silent.low} of 100 questions that they do not answer "
            f"(it kept silent on {silent} here{_few(silent)})"
        )
    return parts


def _weakest(one: Scored) -> str:
    """Name the kind of error of which the smallest share was found."""
    by_kind = {
        kind: _counted(_rows(one, kind), "caught", "fault") for kind in one.kinds() if kind != TRUE
    }
    tried = {kind: count for kind, count in by_kind.items() if count.tries}
    kind, count = min(tried.items(), key=lambda item: (item[1].share, -item[1].tries))
    return "none of any kind missed" if count.share == 1 else f"weakest: {kind}, {count}"


def _few(count: Counted) -> str:
    return ", too few to rely on" if count.tries < FEW else ""


def _counted(rows: Sequence[Mapping[str, float]], hits: str, tries: str) -> Counted:
    return Counted(
        sum(row.get(hits, 0.0) for row in rows), sum(row.get(tries, 0.0) for row in rows)
    )


def _rows(one: Scored, kind: str | None = None) -> list[dict[str, float]]:
    """Return the measures of each example, means over the times that it was put."""
    return [*by_example([row for row in one.rows if kind in (None, row.kind)]).values()]
