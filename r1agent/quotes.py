"""Choose the sentences of the passages that a claim rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from langchain_core.documents import Document

from r1agent.checks.cited_years import without_cited_years
from r1agent.checks.entailment import QUESTION_WEIGHT
from r1agent.checks.finding import Sources
from r1agent.checks.labels import labels_in, without_labels
from r1agent.checks.names import names_in
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import Number, numbers_in, without_references
from r1agent.types import Citation
from r1agent.words import content_words, split_sentences

MAX_QUOTES = 3
_GAIN = 0.2  # a further quote must carry this much more of the claim
_NUMBER_WEIGHT = 1.0
_TOGETHER = 0.3  # names and numbers in one sentence belong to each other
_SECOND_SENTENCE = 0.08  # a longer quote must earn its length
_UNENDED = 0.15  # a heading or a row of a table says less than a sentence
_ENDED = re.compile(r"[.!?。！？][\"'”’)\]]*$")  # noqa: RUF001
_HEADING = re.compile(
    r"(?:abstract|summary|摘要|introduction|conclusions?)$|\d+(?:\.\d+)*\.? [^.!?。]{2,70}$",
    re.IGNORECASE,
)
_MIN_CHARACTERS = 15
_MAX_CHARACTERS = 600


@dataclass(frozen=True, slots=True)
class _Candidate:
    passage: Document
    start: int
    end: int
    texts: tuple[str, ...]
    """Its sentences."""

    @property
    def text(self) -> str:
        return self.passage.page_content[self.start : self.end]


@dataclass(frozen=True, slots=True)
class _Carried:
    """What a candidate carries of a claim; of several, what they carry together."""

    words: frozenset[str]
    numbers: frozenset[int]
    """Places in the list of the claim's numbers."""
    named: frozenset[str]
    """Words of the claim that name the paper."""
    together: float
    """Share of the claim's names and numbers that one of its sentences holds, 0 to 1."""
    cost: float
    """What it is worse for: its length, and not being a sentence."""

    def __or__(self, other: _Carried) -> _Carried:
        return _Carried(
            self.words | other.words,
            self.numbers | other.numbers,
            self.named | other.named,
            max(self.together, other.together),
            self.cost + other.cost,
        )


_NOTHING = _Carried(frozenset(), frozenset(), frozenset(), 0.0, 0.0)


def choose_quotes(
    claim: str, passages: Iterable[Document], *, question: str = ""
) -> tuple[Citation, ...]:
    """Return the one to three verbatim quotes that carry most of a claim, best first.

    Candidates are single sentences and pairs of neighbours. A quote is added only while it brings
    words or numbers of the claim that those before it lack. Empty where nothing has a word or a
    number in common with the claim.
    """
    wanted = _Wanted(claim, question)
    candidates = [
        (candidate, wanted.in_candidate(candidate))
        for passage in passages
        for candidate in _candidates(passage)
    ]
    chosen: list[_Candidate] = []
    carried, reached = _NOTHING, 0.0
    while len(chosen) < MAX_QUOTES:
        scored = ((wanted.score(carried | brings), one, brings) for one, brings in candidates)
        best = max(scored, key=lambda triple: triple[0], default=None)
        if best is None or best[0] < reached + _GAIN:
            break
        reached = best[0]
        chosen.append(best[1])
        carried |= best[2]
    return tuple(_citation(candidate) for candidate in _agreeing(claim, chosen))


class _Wanted:
    """What a claim wants to have quoted: its words, its names and its numbers."""

    def __init__(self, claim: str, question: str) -> None:
        asked = set(content_words(question))
        words = dict.fromkeys(content_words(claim))
        self.weights = {word: QUESTION_WEIGHT if word in asked else 1.0 for word in words}
        self.numbers = list(numbers_in(claim))
        self.labels = " ".join(labels_in(claim))
        self.names = frozenset(content_words(" ".join(names_in(claim))))

    def in_candidate(self, candidate: _Candidate) -> _Carried:
        """Return what a candidate has of it."""
        read = [_read(text, self.labels) for text in candidate.texts]
        numbers = [self._numbers_among(held) for _, held in read]
        shares = [self._share(words, held) for (words, _), held in zip(read, numbers, strict=True)]
        cost = _SECOND_SENTENCE * (len(read) - 1)
        return _Carried(
            frozenset().union(*(words for words, _ in read)) & self.weights.keys(),
            frozenset().union(*numbers),
            _read(_named(candidate.passage), self.labels)[0] & self.weights.keys(),
            max(shares),
            cost + _UNENDED * (not is_sentence(candidate.texts[-1])),
        )

    def _numbers_among(self, held: Iterable[Number]) -> frozenset[int]:
        return frozenset(
            place
            for place, number in enumerate(self.numbers)
            if any(number.value == other.value or number.is_same(other) for other in held)
        )

    def _share(self, words: frozenset[str], numbers: frozenset[int]) -> float:
        wanted = len(self.names) + len(self.numbers)
        return (len(self.names & words) + len(numbers)) / wanted if wanted else 0.0

    def score(self, carried: _Carried) -> float:
        """Return how much of the claim is carried; words that name the paper need no quote."""
        unneeded = carried.named - carried.words
        total = sum(self.weights.values()) - self._weigh(unneeded)
        words = self._weigh(carried.words) / total if total > 0 else 1.0
        numbers = len(carried.numbers) / len(self.numbers) if self.numbers else 0.0
        return words + _NUMBER_WEIGHT * numbers + _TOGETHER * carried.together - carried.cost

    def _weigh(self, words: Iterable[str]) -> float:
        return sum(self.weights[word] for word in words)


@lru_cache(maxsize=4096)
def _read(text: str, labels: str) -> tuple[frozenset[str], tuple[Number, ...]]:
    """Return the content words and the numbers of a sentence; most are read for every claim.

    Numbers of labels (`Table 2`) are left out, but for those named in `labels`.
    """
    figures = without_cited_years(without_references(text), "")
    figures = without_labels(figures, labels, hyphenated=True)
    return frozenset(content_words(text)), tuple(numbers_in(figures))


def _agreeing(claim: str, chosen: list[_Candidate]) -> list[_Candidate]:
    """Leave out quotes that turn the claim around, unless all do: the gate then says so."""
    check = NegationCheck()
    agreeing = [one for one in chosen if check.check(claim, Sources((one.text,))) is None]
    return agreeing or chosen


def is_sentence(text: str) -> bool:
    """Tell a sentence from a heading, a byline or a row of a table: it has an end."""
    return _ENDED.search(text) is not None


def quotable(passage: Document) -> list[Citation]:
    """Return each whole sentence of a passage as a citation."""
    whole = [one for one in _candidates(passage) if len(one.texts) == 1]
    return [_citation(one) for one in whole if is_sentence(one.text)]


def _candidates(passage: Document) -> list[_Candidate]:
    sentences = [
        sentence
        for sentence in split_sentences(passage.page_content, start=_heading_end(passage))
        if _MIN_CHARACTERS <= len(sentence.text) <= _MAX_CHARACTERS
    ]
    single = [_Candidate(passage, one.start, one.end, (one.text,)) for one in sentences]
    pairs = [
        _Candidate(passage, one.start, two.end, (one.text, two.text))
        for one, two in pairwise(sentences)
        if two.end - one.start <= _MAX_CHARACTERS
    ]
    return single + pairs


def _heading_end(passage: Document) -> int:
    """Where the text begins: behind running heads and headings, which are part of no sentence."""
    section = str(passage.metadata.get("section") or "")
    title = str(passage.metadata.get("title") or "").lower()
    begin = 0
    for line in passage.page_content.splitlines(keepends=True)[:-1]:
        text = line.strip()
        is_heading = bool(text) and (section.endswith(text) or _HEADING.match(text) is not None)
        if not is_heading and not (title and title in text.lower()):
            break
        begin += len(line)
    return begin


def context_of(citations: Iterable[Citation]) -> str:
    """Join what a sentence may name of its papers without a quote: title, authors, year."""
    return " ".join(" ".join([one.title, *one.authors, str(one.year or "")]) for one in citations)


def _named(passage: Document) -> str:
    about = passage.metadata
    authors = about.get("authors") or ()
    return " ".join([str(about.get("title", "")), *authors, str(about.get("year") or "")])


def _citation(candidate: _Candidate) -> Citation:
    about = candidate.passage.metadata
    offset = int(about.get("start", 0))
    return Citation(
        passage=str(candidate.passage.id),
        quote=candidate.text,
        paper=str(about.get("paper", "")),
        file=str(about.get("file", "")),
        title=str(about.get("title", "")),
        page=int(about.get("page", 1)),
        page_label=str(about.get("page_label", about.get("page", 1))),
        start=offset + candidate.start,
        end=offset + candidate.end,
        authors=tuple(about.get("authors") or ()),
        year=about.get("year"),
        doi=about.get("doi"),
        venue=about.get("venue"),
        citation_key=about.get("citation_key"),
    )
