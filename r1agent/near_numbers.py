"""The sentences and table rows of passages that hold numbers and words of a question."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from langchain_core.documents import Document

from r1agent.checks.numbers import numbers_in
from r1agent.checks.program_inputs import without_places
from r1agent.words import content_words, split_sentences

_MOST = 6
_CHARACTERS = 900  # of one sentence; a table can be one
_HEADER = 3  # lines
_ROWS = 3  # so many lines with numbers make a table
_NEXT_BEST = 0.3
_LENGTH = 0.25  # power by which a long sentence, with many words, counts less
_YEAR = re.compile(r"(?:19|20)\d\d")


def near_numbers(passages: Sequence[Document], question: str) -> list[str]:
    """Return what a program may need, best first; rows of a table with their header, in lines.

    A word that few of the sentences share counts more than one of all of them, and a word of a
    short sentence more than one of a long sentence.
    """
    asked = set(content_words(question))
    pieces = dict.fromkeys(
        one.text.strip() for doc in passages for one in split_sentences(doc.page_content)
    )
    words = {piece: asked & set(content_words(piece)) for piece in pieces if _has_figure(piece)}
    spread = Counter(word for found in words.values() for word in found)
    scores = {
        piece: sum(spread[word] ** -0.5 for word in found) / len(piece.split()) ** _LENGTH
        for piece, found in words.items()
    }
    best = sorted(scores, key=lambda piece: -scores[piece])[:_MOST]
    floor = _NEXT_BEST * max(scores.values(), default=0.0)
    return [_shown(piece, asked) for piece in best if scores[piece] > 0 and scores[piece] >= floor]


def _has_figure(text: str) -> bool:
    """Tell whether a text holds a number that is no year, no mark and no place in a paper."""
    return any(
        number.value not in (0, 1) and not _YEAR.fullmatch(number.text)
        for number in numbers_in(without_places(text))
    )


def _shown(piece: str, asked: set[str]) -> str:
    """Keep the lines of a table; of a long one the header and the rows with words asked for."""
    lines = [" ".join(line.split()) for line in piece.splitlines() if line.strip()]
    rows = [line for line in lines if len(re.findall(r"(?<![^\W\d])\d[\d.,]*", line)) > 1]
    if len(rows) < _ROWS:
        return " ".join(lines)[:_CHARACTERS]
    if sum(map(len, lines)) > _CHARACTERS:
        named = [line for line in lines[_HEADER:] if asked & set(content_words(line))]
        lines = lines[:_HEADER] + named
    return "\n".join(lines)[:_CHARACTERS]
