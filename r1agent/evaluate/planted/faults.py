"""Faults planted into true sentence-quote pairs, by rules that surely make them wrong.

Each rule gets a pair and returns its claim or its citation made wrong, or None where it does not
apply or where what comes out could still be true.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from r1agent.evaluate.planted import cited_faults, worded_faults
from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.pairs import Pair
from r1agent.types import Citation

Planter = Callable[[Pair, Corpus, random.Random], tuple[str, Citation] | None]

CITED: dict[str, Planter] = {
    "other_paper": cited_faults.other_paper,
    "wrong_page": cited_faults.wrong_page,
    "invented_passage": cited_faults.invented_passage,
    "foreign_quote": cited_faults.foreign_quote,
}
"""The kinds that change what a sentence cites."""
WORDED: dict[str, Planter] = {
    "number": worded_faults.number,
    "unit": worded_faults.unit,
    "comparison": worded_faults.comparison,
    "negation": worded_faults.negation,
    "dropped_words": worded_faults.dropped_words,
    "percentage": worded_faults.percentage,
    "name": worded_faults.name,
    "swapped_numbers": worded_faults.swapped_numbers,
}
"""The kinds that change the words of a sentence, not what it cites."""
PLANTERS: dict[str, Planter] = CITED | WORDED


@dataclass(frozen=True, slots=True)
class Fault:
    """A pair made wrong."""

    kind: str
    claim: str
    citation: Citation
    pair: int
    """Which of the pairs it was made of, from 0."""


def plant(pairs: Sequence[Pair], corpus: Corpus, *, seed: int) -> list[Fault]:
    """Plant every fault that applies into every pair; the same ones for the same seed."""
    faults = []
    for number, pair in enumerate(pairs):
        for kind, planter in PLANTERS.items():
            chance = random.Random(f"{seed} {number} {kind}")  # noqa: S311 - repeatable, no secret
            planted = planter(pair, corpus, chance)
            if planted is not None and planted != (pair.claim, pair.citation):
                faults.append(Fault(kind, *planted, number))
    return faults
