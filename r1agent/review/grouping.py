"""Which papers bear on which sub-question: each goes to the one or two that it bears on most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from langchain_core.documents import Document

from r1agent.nearness import BEARS_ON, MENTIONED
from r1agent.review.outline import Outline, PlannedSection
from r1agent.review.questions import SubQuestions
from r1agent.words import content_words
from r1agent_indexes import PaperFilter, PaperIndex

_DEPTH = 60
"""Passages found for a sub-question."""
_STRONG = 0.4
"""Share of the best passage's score that a passage of another paper must reach."""
_NEARLY_MOST = 0.85
"""Share of a paper's highest score from which a second section is its own too."""
_SECTIONS = 2
"""Sections that one paper may stand in."""


def outline_of(
    asked: SubQuestions, index: PaperIndex, topic: str, *, where: PaperFilter | None = None
) -> Outline:
    """Return the outline for sub-questions, with the papers of the index that bear on each.

    Raises:
        PaperNotFoundError: No paper fits `where`.
    """
    papers = [paper.id for paper in index.papers(where) if paper.same_as is None]
    bearing = [bearing_on(index, one.question, where=where) for one in asked.questions]
    chosen = {paper: _most(paper, bearing) for paper in papers}
    sections = tuple(
        PlannedSection(
            one.heading,
            one.question,
            _ordered([paper for paper in papers if place in chosen[paper]], bearing[place]),
        )
        for place, one in enumerate(asked.questions)
    )
    return Outline(topic, sections, tuple(papers), asked.origin, str(where or ""))


def bearing_on(
    index: PaperIndex, question: str, *, where: PaperFilter | None = None
) -> dict[str, float]:
    """Return the papers that bear on a question, each with the score of its best passage (0 to 1).

    A passage counts where it is near in meaning or mentions half of the words, and its score is
    not far below the best one.
    """
    found = index.search(question, k=_DEPTH, where=where)
    words = set(content_words(question))
    highest = max((doc.metadata["score"] for doc in found), default=0.0)
    scores: dict[str, float] = {}
    for doc in found:
        score = doc.metadata["score"]
        if score >= _STRONG * highest and _bears_on(doc, words):
            paper = doc.metadata["paper"]
            scores[paper] = max(scores.get(paper, 0.0), score)
    return scores


def _bears_on(doc: Document, words: set[str]) -> bool:
    if doc.metadata["similarity"] >= BEARS_ON:
        return True
    held = set(content_words(doc.page_content))
    return bool(words) and len(words & held) >= MENTIONED * len(words)


def _most(paper: str, bearing: Sequence[Mapping[str, float]]) -> set[int]:
    """Return the places of the sub-questions that a paper bears on most."""
    scores = {place: one[paper] for place, one in enumerate(bearing) if paper in one}
    highest = max(scores.values(), default=0.0)
    near = [place for place in scores if scores[place] >= _NEARLY_MOST * highest]
    return set(sorted(near, key=lambda place: (-scores[place], place))[:_SECTIONS])


def _ordered(papers: Sequence[str], scores: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(papers, key=lambda paper: (-scores[paper], paper)))
