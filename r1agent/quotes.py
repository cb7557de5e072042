"""Choose the sentences of the passages that a claim rests on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from langchain_core.documents import Document

from r1agent.checks.entailment import coverage
from r1agent.checks.finding import Sources
from r1agent.checks.negations import NegationCheck
from r1agent.checks.numbers import numbers_in, without_references
from r1agent.types import Citation
from r1agent.words import split_sentences

MAX_QUOTES = 3
_GAIN = 0.2  # a further quote must carry this much more of the claim
_NUMBER_WEIGHT = 1.0
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
    sentences: int

    @property
    def text(self) -> str:
        return self.passage.page_content[self.start : self.end]


def choose_quotes(
    claim: str, passages: Iterable[Document], *, question: str = ""
) -> tuple[Citation, ...]:
    """Return the one to three verbatim quotes that carry most of a claim, best first.

    Candidates are single sentences and pairs of neighbours. A quote is added only while it brings
    words or numbers of the claim that those before it lack. Empty where nothing has a word or a
    number in common with the claim.
    """
    candidates = [candidate for passage in passages for candidate in _candidates(passage)]
    chosen: list[_Candidate] = []
    reached = 0.0
    while len(chosen) < MAX_QUOTES:
        scored = [(_score(claim, [*chosen, one], question), one) for one in candidates]
        best, candidate = max(scored, key=lambda pair: pair[0], default=(0.0, None))
        if candidate is None or best < reached + _GAIN:
            break
        chosen.append(candidate)
        reached = best
    return tuple(_citation(candidate) for candidate in _agreeing(claim, chosen))


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
    whole = [one for one in _candidates(passage) if one.sentences == 1]
    return [_citation(one) for one in whole if is_sentence(one.text)]


def _candidates(passage: Document) -> list[_Candidate]:
    sentences = [
        sentence
        for sentence in split_sentences(passage.page_content, start=_heading_end(passage))
        if _MIN_CHARACTERS <= len(sentence.text) <= _MAX_CHARACTERS
    ]
    single = [_Candidate(passage, one.start, one.end, 1) for one in sentences]
    pairs = [
        _Candidate(passage, one.start, two.end, 2)
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


def _score(claim: str, chosen: Sequence[_Candidate], question: str) -> float:
    quoted = " ".join(candidate.text for candidate in chosen)
    context = " ".join(_named(candidate.passage) for candidate in chosen)
    words = coverage(claim, quoted, Sources((quoted,), question=question, context=context))
    stated = {number.value for number in numbers_in(claim)}
    held = {number.value for number in numbers_in(without_references(quoted))}
    numbers = len(stated & held) / len(stated) if stated else 0.0
    extra = sum(candidate.sentences - 1 for candidate in chosen)
    unended = sum(not is_sentence(candidate.text) for candidate in chosen)
    return words + _NUMBER_WEIGHT * numbers - _SECOND_SENTENCE * extra - _UNENDED * unended


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
    )
