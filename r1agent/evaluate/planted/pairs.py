"""True sentence-quote pairs: a whole sentence of a page, and the same said in other words."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from langchain_core.documents import Document

from r1agent.evaluate.planted.corpus import Corpus
from r1agent.evaluate.planted.rewrites import rewrites
from r1agent.quotes import quotable
from r1agent.types import Citation

_ODD = re.compile(
    r"https?:|www\.|@|\[|\]|\{|\}|\\|_|=|\uFFFD|\|\^|[∑∫√θλσπαβγ·]|&\w+;|"
    r"^[A-Z]{3}[A-Z ,]+ [A-Z][a-z]|\.{2}|\bet al\.,? \(?$"
)
_VERB = re.compile(
    r"\b(?:is|are|was|were|can|will|has|have|had|does|do|did|[a-z]{3,}(?:ed|es)|use|show|found|made|"
    r"provide|allow|include|contain|take|give|make|run|need|help|enable|require|consist)\b"
)
_NUMERIC = re.compile(r"\d|\b(?:three|four|five|six|seven|eight|nine|ten|twelve|twenty)\b")
_SKIPPED = re.compile(r"references|acknowledg|bibliography|funding|author", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Pair:
    """A sentence and the quote that carries it."""

    claim: str
    citation: Citation
    rewritten: tuple[str, ...]
    """The rules that made the sentence of the quote."""


def make_pairs(corpus: Corpus, *, count: int, seed: int) -> list[Pair]:
    """Make `count` pairs, of many papers, two thirds of them with a number.

    Each sentence is changed by at least two rules, or by one where no other applies.
    """
    chance = random.Random(seed)  # noqa: S311 - repeatable, no secret
    made = [pair for one in _sentences(corpus, chance) if (pair := _pair(one, chance))]
    made.sort(key=lambda pair: len(pair.rewritten) < 2)
    numeric = [pair for pair in made if _NUMERIC.search(pair.claim)][: count * 2 // 3]
    plain = [pair for pair in made if not _NUMERIC.search(pair.claim)][: count - len(numeric)]
    pairs = numeric + plain
    chance.shuffle(pairs)
    return pairs


def sentences_of(passages: Iterable[Document]) -> Iterator[Citation]:
    """Yield the sentences that can stand alone, each as a citation."""
    for passage in passages:
        if _SKIPPED.search(str(passage.metadata.get("section") or "")):
            continue
        yield from (one for one in quotable(passage) if _stands_alone(one.quote))


def _sentences(corpus: Corpus, chance: random.Random) -> list[Citation]:
    """Mix the sentences so that papers take turns."""
    by_paper: dict[str, list[Citation]] = {}
    for one in sentences_of(corpus.passages.values()):
        by_paper.setdefault(one.paper, []).append(one)
    for group in by_paper.values():
        chance.shuffle(group)
    depth = max(map(len, by_paper.values()), default=0)
    return [group[n] for n in range(depth) for group in by_paper.values() if n < len(group)]


def _stands_alone(text: str) -> bool:
    words = text.split()
    letters = sum(character.isalpha() or character.isspace() for character in text)
    return (
        9 <= len(words) <= 45
        and len(text) <= 330
        and words[0][0].isupper()
        and text.endswith(".")
        and letters > 0.85 * len(text)
        and text.count("(") == text.count(")")
        and _VERB.search(text) is not None
        and _ODD.search(text) is None
        and all(len(word) < 25 for word in words)
    )


def _pair(citation: Citation, chance: random.Random) -> Pair | None:
    sentence = " ".join(re.sub(r"(?<=[a-z])-\n(?=[a-z])", "", citation.quote).split())
    applied = []
    rules = rewrites(chance)
    framing = rules.pop()
    if chance.random() < 0.6:
        rules.append(framing)
    for name, rule in rules:
        changed = rule(sentence)
        if changed != sentence:
            sentence = changed
            applied.append(name)
    return Pair(sentence, citation, tuple(applied)) if applied else None
