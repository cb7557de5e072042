"""Questions with a known source, made of the sentences of papers by rules.

A question names the three rarest terms of a sentence in an order of its own, and asks what is
reported about them; so it has the words of its source, but never more than four of them in a row.
It is left out where another page holds all three terms as well.
"""

# ruff: noqa: RUF001 - Chinese marks

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from langchain_core.documents import Document

from r1agent.evaluate.own.overlap import MOST_SHARED, longest_shared_run
from r1agent.evaluate.own.terms import TERMS, Terms
from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.pairs import sentences_of
from r1agent.quotes import quotable
from r1agent.types import Citation
from r1agent.words import is_chinese

_NUMBER = re.compile(r"(?<![A-Za-z\d.])\d+(?:[.,]\d+)*(?![A-Za-z\d])")
_SKIPPED = re.compile(r"参考文献|致谢|作者简介|基金")
_HAN_ODD = re.compile(r"https?:|@|[\[\]{}\\_=|\uFFFD]")
_SHORTEST, _LONGEST = 15, 160  # characters of a Chinese sentence


@dataclass(frozen=True, slots=True)
class SourceQuestion:
    """A question, and where its answer stands."""

    text: str
    terms: tuple[str, ...]
    """What it asks about, in its own order."""
    source: Citation
    value: bool
    """Whether it asks for a number."""


def make_questions(corpus: Corpus, *, count: int, seed: int) -> list[SourceQuestion]:
    """Make up to `count` questions, the papers taking turns; the same ones for the same seed."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    terms = Terms(corpus.pages.values())
    made: list[SourceQuestion] = []
    asked: set[frozenset[str]] = set()
    for source in _in_turns(whole_sentences(corpus.passages.values()), chance):
        if len(made) == count:
            break
        question = _question(source, corpus, terms, chance)
        if question is not None and frozenset(question.terms) not in asked:
            asked.add(frozenset(question.terms))
            made.append(question)
    return made


def whole_sentences(passages: Iterable[Document]) -> Iterator[Citation]:
    """Yield the English and Chinese sentences that can stand alone, each as a citation."""
    for passage in passages:
        if is_chinese(passage.page_content):
            if not _SKIPPED.search(str(passage.metadata.get("section") or "")):
                yield from (one for one in quotable(passage) if _is_whole_chinese(one.quote))
        else:
            yield from sentences_of([passage])


def question_about(terms: Sequence[str], *, chinese: bool, value: bool) -> str:
    """Return a question about three terms.

    Args:
        terms: What it is about; the first is what matters most.
        chinese: Ask in Chinese.
        value: Ask for a number.
    """
    first, second, third = terms
    if chinese and value:
        return f"就“{second}”和“{third}”而言，论文给出的“{first}”数值是多少？"
    if chinese:
        return f"关于“{first}”与“{second}”、“{third}”的关系，论文得出了什么结论？"
    if value:
        return f"Which value is reported for {first} in connection with {second} and {third}?"
    return f"What do the papers report about {first} in connection with {second} and {third}?"


def _question(
    source: Citation, corpus: Corpus, terms: Terms, chance: random.Random
) -> SourceQuestion | None:
    named = terms.of(source.quote)
    if len(named) < TERMS or terms.pages_with(named) != 1:
        return None
    chance.shuffle(named)
    value = _NUMBER.search(source.quote) is not None
    text = question_about(named, chinese=is_chinese(source.quote), value=value)
    passage = corpus.passages[source.passage].page_content
    if longest_shared_run(text, passage) > MOST_SHARED:
        return None
    return SourceQuestion(text, tuple(named), source, value)


def _in_turns(sentences: Iterable[Citation], chance: random.Random) -> Iterator[Citation]:
    """Mix the sentences so that papers take turns."""
    by_paper: dict[str, list[Citation]] = {}
    for one in sentences:
        by_paper.setdefault(one.paper, []).append(one)
    for group in by_paper.values():
        chance.shuffle(group)
    depth = max(map(len, by_paper.values()), default=0)
    return (group[n] for n in range(depth) for group in by_paper.values() if n < len(group))


def _is_whole_chinese(text: str) -> bool:
    return (
        _SHORTEST <= len(text) <= _LONGEST
        and text[-1] in "。！？"
        and is_chinese(text)
        and _HAN_ODD.search(text) is None
    )
