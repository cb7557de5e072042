"""What a follow-up asks, by rules: "that paper", "the second one", "it", "and for CIFAR?"."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from r1agent.types import Citation
from r1agent.words import is_chinese

_KIND = r"(?:papers?|stud(?:y|ies)|works?|articles?|preprints?)"
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_NUMERALS = "一二三四五"
_NUMBERED = re.compile(r"\[(\d{1,2})\]")
_ORDINAL = re.compile(
    rf"\bthe (first|second|third|fourth|fifth|last|other)"
    rf"(?: (?:one|source|{_KIND})\b|(?=\s*(?:[?.!]|$)))"
    rf"|第([{_NUMERALS}])(?:篇|个)(?:论文|文章)?",
    re.IGNORECASE,
)
_PAPER = re.compile(
    rf"\b(?:that|this|the same|the) {_KIND}\b|(?:这|那|该)(?:篇|项)?(?:论文|文章|研究|工作)",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|theirs)\b"
    r"|\b(?:this|that|these|those)(?=\s*(?:[?.!,]|$)|\s+(?:is|are|was|were|do|does|did|has|have|"
    r"had|can|could|hold|holds|help|helps|hurt|hurts|work|works|mean|means)\b)|[它他]们?|这个|那个",
    re.IGNORECASE,
)
_EMPTY_IT = re.compile(r"\b(?:is|was) it (?:true|known|possible|clear|the case)\b", re.IGNORECASE)
_LED = re.compile(r"^(?:and|but|or|also|then|so|what about|how about|那么|那)\b[\s,，]*|^那", re.I)  # noqa: RUF001
_WHY = re.compile(r"^(?:why|how come|how so|why not|why is that|为什么)\s*[?？]?$", re.IGNORECASE)  # noqa: RUF001
_WHOLE = re.compile(
    r"^(?:what|which|who|whose|when|where|why|how|is|are|was|were|do|does|did|has|have|had|can|"
    r"could|should|would|will)\b",
    re.IGNORECASE,
)
_VERB_FIRST = re.compile(r"^(?:is|are|was|were|do|does|did|has|have|had|can|could|will)\b", re.I)
_PREPOSITION = re.compile(
    r"^(?:for|in|on|at|with|without|by|from|to|under|after|before|during|over|against|of|between)\b",
    re.IGNORECASE,
)
_END = " ?.!？。!"  # noqa: RUF001
_UNTOLD = frozenset(
    "a about an and any are as at be been before best better by can could did do does every find "
    "for found from gave get give had has have help helps how hurt hurts if in increase into is it "
    "its large larger largest lead less lower made make many more most much of on one or over "
    "paper papers reach report reported say says should show shows small so than that the their "
    "them then there these they this those to under use used using was were what when where which "
    "while who whose why will with without work works would".split()
)
_TOPICS = 8


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that stands alone, and the paper that it is about."""

    question: str
    file: str = ""
    """File of the one paper that was meant; empty where it is about all of them."""
    follows: bool = True
    """Whether it took something from before."""


def depends(text: str) -> bool:
    """Tell whether a question cannot be understood without what was said before."""
    clear = _EMPTY_IT.sub(" ", text)
    patterns = (_NUMBERED, _ORDINAL, _PAPER, _PRONOUN, _LED, _WHY)
    return any(pattern.search(clear) for pattern in patterns) or _asks_on(text)


def resolve(text: str, before: str, cited: Sequence[Citation]) -> FollowUp:
    """Make a question stand alone.

    Args:
        text: As the user wrote it.
        before: The question before it, standing alone itself.
        cited: The citations of the answer to that, in the order of their numbers.
    """
    question, meant = _with_titles(text.strip(), cited)
    if _WHY.match(question):
        question = _why(before)
    elif led := _LED.match(question):
        question = _led(question[led.end() :], before)
    elif _asks_on(question):
        question = _grafted(question, before)
    else:
        question = _about(question, before)
    return FollowUp(question, meant.file if meant else "", question != text.strip())


def papers_of(cited: Sequence[Citation]) -> list[Citation]:
    """Return the first citation of each paper, in the order in which they were cited."""
    papers: dict[str, Citation] = {}
    for one in cited:
        papers.setdefault(one.paper or one.file, one)
    return list(papers.values())


def _with_titles(text: str, cited: Sequence[Citation]) -> tuple[str, Citation | None]:
    """Put the title of a paper in the place of the words that point at it."""
    papers = papers_of(cited)
    ways: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Citation | None]]] = [
        (_NUMBERED, lambda found: _at(cited, int(found[1]) - 1)),
        (_ORDINAL, lambda found: _ordinal(found, papers)),
        (_PAPER, lambda _: max(papers, key=_times(cited), default=None)),
    ]
    for pattern, choose in ways:
        found = pattern.search(text)
        meant = choose(found) if found else None
        if found and meant is not None:
            return (
                f"{text[: found.start()]}“{meant.title or meant.file}”{text[found.end() :]}",
                meant,
            )
    return text, None


def _times(cited: Sequence[Citation]) -> Callable[[Citation], int]:
    return lambda one: sum(other.paper == one.paper for other in cited)


def _ordinal(found: re.Match[str], papers: Sequence[Citation]) -> Citation | None:
    if found[2]:
        return _at(papers, _NUMERALS.index(found[2]))
    word = found[1].lower()
    if word == "last":
        return _at(papers, len(papers) - 1)
    if word == "other":
        return papers[1] if len(papers) == 2 else None
    return _at(papers, _ORDINALS.index(word))


def _at(citations: Sequence[Citation], place: int) -> Citation | None:
    return citations[place] if 0 <= place < len(citations) else None


def _asks_on(text: str) -> bool:
    """Tell whether the text only names another case: `for CIFAR?`."""
    return bool(_PREPOSITION.match(text)) and len(text.split()) <= 8 and text.endswith(("?", "？"))  # noqa: RUF001


def _why(before: str) -> str:
    if _VERB_FIRST.match(before):
        return f"Why {before[0].lower()}{before[1:]}"
    return f"为什么:{before}" if is_chinese(before) else f"{before} Why?"


def _led(rest: str, before: str) -> str:
    if not rest.strip(_END):
        return before
    if _WHOLE.match(rest):
        return _about(rest[0].upper() + rest[1:], before)
    return _grafted(rest, before)


def _grafted(rest: str, before: str) -> str:
    """Ask the question before for another case: in the place of the old one, where there is one."""
    case, base = rest.strip(_END).removesuffix("呢"), before.rstrip(_END)
    if is_chinese(before):
        return f"{base}(对于{case})?"
    found = _PREPOSITION.match(case)
    if found is None:
        return f"{base}, for {case}?"
    old = list(re.finditer(rf"\s{re.escape(found[0])}\s", base, re.IGNORECASE))
    if old and len(base[old[-1].start() :].split()) <= 5:
        base = base[: old[-1].start()]
    return f"{base} {case}?"


def _about(text: str, before: str) -> str:
    """Name what a pronoun stands for: the words of the question before that carry its matter."""
    pronoun = _PRONOUN.search(_EMPTY_IT.sub(" ", text))
    topics = _topics(before, text) if pronoun else []
    if not topics:
        return text
    return (
        f"{text}(关于{'、'.join(topics)})"
        if is_chinese(text)
        else f"{text} (about {', '.join(topics)})"
    )


def _topics(before: str, text: str) -> list[str]:
    """Return the runs of telling words, in order, that the text does not hold itself."""
    if is_chinese(before):
        return [before.strip(_END)]
    known = {word.lower() for word in re.findall(r"[\w-]+", text)}
    runs: list[list[str]] = [[]]
    for word in re.findall(r"[\w.%-]*\w|[^\w\s]", before):
        telling = word[0].isalnum() and word.lower() not in _UNTOLD | known
        if telling:
            runs[-1].append(word)
        elif runs[-1]:
            runs.append([])
    found, left = [], _TOPICS
    for run in filter(None, runs):
        found += [" ".join(run[:left])] if left > 0 else []
        left -= len(run)
    return found
