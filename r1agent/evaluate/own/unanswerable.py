"""Questions that no paper answers: a question with a source, about a term that stands in none.

The first of its three terms makes way for one of another field, or for a word that is made up; that
neither stands anywhere in the index is looked up by keyword search, word by word.
"""

from __future__ import annotations

import random
import tomllib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice
from typing import Literal

from r1agent.evaluate.own.questions import SourceQuestion, question_about
from r1agent.words import is_chinese

Origin = Literal["term of another field", "made-up term"]
ORIGINS: tuple[Origin, ...] = ("term of another field", "made-up term")
_ONSETS = "b br c cl d dr f g gl k l m n p pl qu r s st t tr v z".split()
_VOWELS = "a e i o u ae io".split()
_ENDINGS = "dine lase mer phore quil rane stat thane vex zole".split()
_RARE_HAN = "珀榕蝾磬霁檀髹瓠篁翎鹔蒗騄毵糅砼"
_TRIES = 50


@dataclass(frozen=True, slots=True)
class Unanswerable:
    """A question that the papers do not answer."""

    text: str
    origin: Origin
    """Where its foreign term comes from."""
    term: str


def make_unanswerable(
    questions: Sequence[SourceQuestion],
    is_known: Callable[[str], bool],
    *,
    count: int,
    seed: int,
) -> list[Unanswerable]:
    """Make up to `count` questions; the two kinds of terms take turns.

    Args:
        questions: What they are made of.
        is_known: Tells whether a term, or a word of it, stands in the index.
        count: How many, at most.
        seed: Of the draw of questions and terms.
    """
    chance = random.Random(f"{seed} unanswerable")  # noqa: S311 - repeatable, no secret
    drawn = chance.sample(questions, min(count, len(questions)))
    made: list[Unanswerable] = []
    used: set[str] = set()
    for number, question in enumerate(drawn):
        chinese = is_chinese(question.text)
        terms = _terms(ORIGINS[number % len(ORIGINS)], chance, chinese=chinese)
        unknown = (one for one in terms if one[0] not in used and not is_known(one[0]))
        for term, origin in islice(unknown, 1):
            used.add(term)
            named = (term, *question.terms[1:])
            text = question_about(named, chinese=chinese, value=question.value)
            made.append(Unanswerable(text, origin, term))
    return made


def _terms(wanted: Origin, chance: random.Random, *, chinese: bool) -> Iterator[tuple[str, Origin]]:
    """Yield terms to try, those of other fields first where these are wanted."""
    if wanted == "term of another field":
        known = _foreign()["chinese" if chinese else "english"]
        yield from ((one, wanted) for one in chance.sample(known, len(known)))
    for _ in range(_TRIES):
        yield _made_up(chance, chinese=chinese), "made-up term"


def _made_up(chance: random.Random, *, chinese: bool) -> str:
    if chinese:
        return "".join(chance.sample(_RARE_HAN, 3))
    syllables = [chance.choice(_ONSETS) + chance.choice(_VOWELS) for _ in range(2)]
    return "".join([*syllables, chance.choice(_ENDINGS)])


@cache
def _foreign() -> dict[str, list[str]]:
    package = files("r1agent.evaluate.own")
    lists: dict[str, list[str]] = tomllib.loads(
        package.joinpath("foreign_terms.toml").read_text("utf-8")
    )
    return lists
