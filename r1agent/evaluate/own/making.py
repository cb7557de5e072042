"""Make examples of the papers of an index: sentences, planted faults and questions."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest

from r1agent.evaluate.own.questions import SourceQuestion, make_questions
from r1agent.evaluate.own.systems import QUESTION, WRITTEN
from r1agent.evaluate.own.unanswerable import Unanswerable, make_unanswerable
from r1agent.evaluate.planted.corpus import Corpus, corpus_of_index
from r1agent.evaluate.planted.faults import Fault, plant
from r1agent.evaluate.planted.judged import TRUE, fault_examples
from r1agent.evaluate.planted.pairs import make_pairs
from r1agent.evaluate.task import Example
from r1agent_indexes import PaperIndex

_HOW = (
    "Questions by rule name three terms of one sentence, never more than four of its words in a "
    "row. They keep its words, so search finds their source more easily than that of a question "
    "in words of your own."
)
_RULES = (
    "Faults are planted by rules, one in each sentence; mistakes of a model may be of kinds that "
    "no rule plants."
)


@dataclass(frozen=True, slots=True)
class Made:
    """What was made of an index."""

    corpus: Corpus
    """The papers that it was made from."""
    papers: int
    """How many the index holds, with text."""
    examples: Sequence[Example]

    @property
    def notes(self) -> list[str]:
        """Say what it was made from, and what could not be made."""
        used = len({paper for paper, _ in self.corpus.pages})
        drawn = f"Made from {used} papers drawn of {self.papers}; search is over all of them."
        kinds = [example.kind for example in self.examples]
        return [*([drawn] if used < self.papers else []), *_lacking(kinds), _HOW, _RULES]


def make_examples(index: PaperIndex, *, count: int, papers: int, seed: int) -> Made:
    """Make examples of an open index; the same ones for the same index and seed.

    Args:
        index: Whose papers they are made from.
        count: True sentences, faults and questions, at most; half as many passages that a model
            is to ask about, and half as many questions that no paper answers.
        papers: At most so many papers are read for it.
        seed: Of every draw.

    Raises:
        EvaluationError: The index holds no passage.
    """
    corpus = corpus_of_index(index, papers=papers, seed=seed)
    pairs = make_pairs(corpus, count=count, seed=seed)
    faults = some_of_each(plant(pairs, corpus, seed=seed), count=count, seed=seed)
    questions = make_questions(corpus, count=count, seed=seed)
    half = (count + 1) // 2
    unanswerable = make_unanswerable(
        questions,
        lambda term: bool(index.store.search_keywords(term, k=1)),
        count=half,
        seed=seed,
    )
    held = sum(1 for paper in index.papers() if paper.chunks)
    examples = [
        *fault_examples(pairs, faults),
        *_questions(questions),
        *_passages(questions, corpus, half),
        *_unanswerable(unanswerable),
    ]
    return Made(corpus, held, examples)


def some_of_each(faults: Sequence[Fault], *, count: int, seed: int) -> list[Fault]:
    """Return up to `count` faults, the kinds taking turns."""
    chance = random.Random(f"{seed} faults")  # noqa: S311 - repeatable, no secret
    by_kind: dict[str, list[Fault]] = {}
    for fault in faults:
        by_kind.setdefault(fault.kind, []).append(fault)
    for group in by_kind.values():
        chance.shuffle(group)
    in_turn = (one for row in zip_longest(*by_kind.values()) for one in row if one is not None)
    return list(in_turn)[:count]


def _questions(questions: Sequence[SourceQuestion]) -> Iterator[Example]:
    for number, one in enumerate(questions, 1):
        at = one.source
        source = _source(at.paper, at.file, at.page, at.start, at.end)
        yield Example(f"question-{number:03}", one.text, QUESTION, {"source": source})


def _passages(questions: Sequence[SourceQuestion], corpus: Corpus, count: int) -> Iterator[Example]:
    """Yield the passages that the first questions come from, each once."""
    names = list(dict.fromkeys(one.source.passage for one in questions))[:count]
    for number, name in enumerate(names, 1):
        about = corpus.passages[name].metadata
        place = [about[key] for key in ("paper", "file", "page", "start", "end")]
        asked = f"(a question of the model's own about p. {about['page']} of {about['file']})"
        data = {"passage": name, "source": _source(*place)}
        yield Example(f"passage-{number:03}", asked, WRITTEN, data)


def _unanswerable(questions: Sequence[Unanswerable]) -> Iterator[Example]:
    for number, one in enumerate(questions, 1):
        kind = f"unanswerable: {one.origin}"
        yield Example(f"unanswerable-{number:03}", one.text, kind, {"term": one.term})


def _source(paper: str, file: str, page: int, start: int, end: int) -> dict[str, str | int]:
    return {"paper": paper, "file": file, "page": page, "start": start, "end": end}


def _lacking(kinds: Sequence[str]) -> Iterator[str]:
    if TRUE not in kinds:
        yield (
            "The gate could not be measured: true sentences and planted faults are made of English "
            "sentences that stand alone, and these papers have none."
        )
    if QUESTION not in kinds:
        yield (
            "Search could not be measured: no sentence of these papers names three terms that "
            "no other page has together."
        )
    elif not any(kind.startswith("unanswerable") for kind in kinds):
        yield "No question could be made that the papers do not answer."
