"""An author's name in the parts that bibliographies sort and shorten."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING

from r1agent.report.printable import one_line

if TYPE_CHECKING:
    from nameparser import Parser

_GROUP = re.compile(
    r"\b(?:team|group|collaboration|consortium|committee|council|association|society|initiative"
    r"|network|project|program(?:me)?|organi[sz]ation|institut\w*|university|universit\w+|center"
    r"|centre|department|laborator\w+|labs?|foundation|agency|office|ministry|company|inc|ltd|gmbh"
    r"|corporation|investigators|researchers|contributors|authors|staff|editors)\b",
    re.IGNORECASE,
)
_ONE_PIECE = re.compile("[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff0-9]")
"""East Asian names are written family first and without a comma, so they stay as they are."""


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name in parts; that of a group, or one that cannot be told apart, is `literal` alone."""

    family: str = ""
    given: str = ""
    suffix: str = ""
    literal: str = ""

    @property
    def sorted_by(self) -> str:
        """What a bibliography sorts and names it by."""
        return self.family or self.literal


def split_name(name: str) -> PersonName:
    """Split a name with the given name first; no word of it is lost or changed."""
    whole = one_line(name)
    if " " not in whole or _ONE_PIECE.search(whole) or _GROUP.search(whole):
        return PersonName(literal=whole)
    found = _parser().parse(whole)
    given = " ".join(filter(None, [found.given, found.middle]))
    split = PersonName(found.family, given, found.suffix)
    parts = " ".join([split.given, split.family, split.suffix])
    if not split.family or sorted(parts.split()) != sorted(whole.split()):
        return PersonName(literal=whole)
    return split


@cache
def _parser() -> Parser:
    """Return a parser that takes no word for a title: authors are called Prince, King and Dean."""
    from nameparser import Lexicon, Parser

    nothing: frozenset[str] = frozenset()
    names = replace(
        Lexicon.default(), titles=nothing, given_name_titles=nothing, after_given_titles=nothing
    )
    return Parser(names)
