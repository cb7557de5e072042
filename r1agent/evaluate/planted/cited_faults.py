"""Faults in what is cited: another paper, page or passage, or words that are not there."""

from __future__ import annotations

import random
from dataclasses import replace

from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.pairs import Pair, sentences_of
from r1agent.types import Citation


def other_paper(pair: Pair, corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Cite the sentence of another paper that has most words in common, but not nearly all."""
    others = [
        one for one in corpus.passages.values() if one.metadata["paper"] != pair.citation.paper
    ]
    drawn = list(sentences_of(chance.sample(others, min(30, len(others)))))
    shares = ((coverage(pair.claim, one.quote, Sources(())), one) for one in drawn)
    best = max((pair for pair in shares if pair[0] < 0.8), key=lambda pair: pair[0], default=None)
    return None if best is None else (pair.claim, best[1])


def wrong_page(pair: Pair, corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Name another page of the paper, with the passage's own id or with one of that page."""
    here = pair.citation
    pages = [page for paper, page in corpus.pages if paper == here.paper and page != here.page]
    if not pages:
        return None
    page = chance.choice(pages)
    if "".join(here.quote.split()) in "".join(corpus.pages[here.paper, page].split()):
        return None
    of_page = [
        one.id
        for one in corpus.passages.values()
        if (one.metadata["paper"], one.metadata["page"]) == (here.paper, page)
    ]
    passage = chance.choice([here.passage, *of_page[:1]])
    return pair.claim, replace(here, page=page, passage=str(passage))


def invented_passage(pair: Pair, corpus: Corpus, chance: random.Random) -> tuple[str, Citation]:
    """Name a passage that is none of the run's."""
    number = chance.randint(900, 999)
    while f"{pair.citation.paper}:{number}" in corpus.passages:  # the paper is that long
        number += 1_000
    return pair.claim, replace(pair.citation, passage=f"{pair.citation.paper}:{number}")


def foreign_quote(pair: Pair, corpus: Corpus, chance: random.Random) -> tuple[str, Citation] | None:
    """Say that a sentence of another paper stands on this page, and repeat it."""
    others = [
        one for one in corpus.passages.values() if one.metadata["paper"] != pair.citation.paper
    ]
    drawn = list(sentences_of(chance.sample(others, min(10, len(others)))))
    if not drawn:
        return None
    quote, here = chance.choice(drawn).quote, pair.citation
    if "".join(quote.split()) in "".join(corpus.pages[here.paper, here.page].split()):
        return None
    return " ".join(quote.split()), replace(pair.citation, quote=quote)
