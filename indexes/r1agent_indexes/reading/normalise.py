"""Lines as a parser gives them -> the page text that every chunk and quote is a span of.

Line-end hyphens are joined ("inde-/pendent" -> "independent") when the next line goes on in lower
case, unless the paper itself writes the compound with its hyphen elsewhere ("cache-/miss"). Before
a capital or a digit the hyphen stays ("COVID-/19" -> "COVID-19").
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_CONTROLS = dict.fromkeys([*range(9), *range(11, 32), 0x7F, 0xFEFF])  # all but tab and line feed
_HYPHENS = ("-", "\u2010", "\u2011")
_FIRST_WORD = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[^\W\d_]+(?:[-\u2010\u2011][^\W\d_]+)*")
_LAST_PIECE = re.compile(r"[^\W_]+$")
_LONGEST_WORD = 100
"""Characters; expressions that look back from the end of a line look no further."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page as the parser gave it, cleaned."""

    text: str
    height: float = 0.0
    """Of its first character, in points; 0 where unknown."""
    bold: bool = False
    role: str = ""
    """"heading", "continued" (the rest of a heading), "reference" or "text" where the file says so;
    "" where the looks of the line must tell."""


@dataclass(frozen=True, slots=True)
class PageText:
    """The text of a page and where each of its lines starts in it."""

    text: str
    starts: list[int] = field(default_factory=list)

    def spans(self) -> list[tuple[int, int]]:
        """Return where each line starts and ends; a page may have no line at all."""
        return list(pairwise([*self.starts, len(self.text)]))


def clean(text: str) -> str:
    """Return text with Unix line ends and without ligatures, soft hyphens and controls."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = re.sub(r"[\u00ad\ufffe]\n?", "", text)
    text = text.translate(_LIGATURES).translate(_CONTROLS)
    return text.encode("utf-8", "replace").decode("utf-8")  # lone surrogates cannot be stored


class Hyphens:
    """Decide what happens to a hyphen at a line end, from the words of the whole paper."""

    def __init__(self, lines: Iterable[str]) -> None:
        """Collect the words that stand inside lines."""
        whole = (_without_fragment(line.rstrip()) for line in lines)
        words = {word.lower() for line in whole for word in _WORD.findall(line)}
        self._compounds = {pair for word in words for pair in _pairs(word)}
        self._words = words

    def joined(self, line: str, following: str) -> str | None:
        """Return `line` as it reads before `following`, None where the line break stays."""
        before, after = _broken_token(line), _FIRST_WORD.match(following)
        if before is None or after is None:
            return None
        piece = _LAST_PIECE.search(before[-_LONGEST_WORD:])
        left, right = piece[0] if piece else "", after[0]
        capitals = left.isupper() and right.isupper() and len(left) > 1 and len(right) > 1
        if capitals and "/" not in before:
            return line[:-1]
        if right[0].isupper() and left.lower() not in self._words:
            return None  # pdfium puts a footer after a column that ends inside a word
        return line if self._keeps_hyphen(before, left, right) else line[:-1]

    def _keeps_hyphen(self, token: str, left: str, right: str) -> bool:
        if "/" in token or "@" in token or not left[-1:].isalpha() or not right[0].isalpha():
            return True
        if not right[0].islower():
            return True
        compound = f"{left}-{right}".lower()
        return compound in self._compounds and f"{left}{right}".lower() not in self._words


def _broken_token(line: str) -> str | None:
    """Return what stands before a hyphen at the end of a line, None if nothing is broken there."""
    if not line.endswith(_HYPHENS):
        return None
    token = line.rsplit(None, 1)[-1][:-1]
    return token if re.search(r"\w\Z", token[-1:]) else None


def _without_fragment(line: str) -> str:
    """Return a line without the beginning of a word at its end."""
    return line[: len(line) - len(line.rsplit(None, 1)[-1])] if line.endswith(_HYPHENS) else line


def _pairs(word: str) -> Iterable[str]:
    pieces = re.split("[-\u2010\u2011]", word)
    return (f"{one}-{two}" for one, two in pairwise(pieces))


def page_text(lines: Sequence[Line], hyphens: Hyphens, furniture: set[int]) -> PageText:
    """Return the text of a page; `furniture` are line numbers that no word runs into."""
    parts: list[str] = []
    starts: list[int] = []
    length = 0
    for number, line in enumerate(lines):
        starts.append(length)
        part = line.text.rstrip() + "\n"
        if number + 1 < len(lines) and not {number, number + 1} & furniture:
            part = hyphens.joined(line.text.rstrip(), lines[number + 1].text) or part
        parts.append(part)
        length += len(part)
    return PageText("".join(parts).rstrip("\n"), starts)
