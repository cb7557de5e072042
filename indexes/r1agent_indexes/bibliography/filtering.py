"""Whether a paper fits a filter, and what to say where none does."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path

from rapidfuzz import fuzz, process

from r1agent_indexes.types import PaperFilter, PaperMetadata, Years

_KINDS = ("years", "authors", "files", "tags", "papers")
_NEAR = 60
"""Least likeness, of 100, of a name that is offered in place of one that is not there."""
_SHOWN = 3
"""Names that are shown where none is near."""
_LETTERS = str.maketrans(
    {"ø": "o", "đ": "d", "ð": "d", "ł": "l", "\u0131": "i", "æ": "ae", "œ": "oe", "þ": "th"}
)  # letters that Unicode does not take for another one with a mark
_UMLAUTS = _LETTERS | str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})
_WORD = re.compile(r"[^\W_]+")
_APOSTROPHES = re.compile("['\u2019]")
_CJK = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


@dataclass(frozen=True, slots=True)
class PaperBrief:
    """What is known about a paper, without the counts of its pages and passages."""

    id: str
    path: Path
    metadata: PaperMetadata
    shown: str
    """Id of the paper whose passages stand for it: its own, or that of its near-duplicate."""


def fitting(papers: Iterable[PaperBrief], where: PaperFilter) -> list[PaperBrief]:
    """Return the papers that fit every kind of value that `where` gives."""
    return [paper for paper in papers if all(_fits(paper, where, kind) for kind in _KINDS)]


def without_year(papers: Iterable[PaperBrief], where: PaperFilter) -> int:
    """Count the papers that a filter leaves out only because their year is not known."""
    if where.years == (None, None):
        return 0
    others = fitting(papers, replace(where, years=(None, None)))
    return sum(paper.metadata.year is None for paper in others)


def no_paper_fits(papers: Sequence[PaperBrief], where: PaperFilter) -> str:
    """Say which part of a filter no paper fits, and what there is instead."""
    of = f"None of the {len(papers)} papers" if len(papers) != 1 else "The one paper there is"
    for kind in _KINDS:
        alone = PaperFilter(**{kind: getattr(where, kind)})
        if not alone.is_empty and not fitting(papers, alone):
            verb = "does not fit" if len(papers) == 1 else "fits"
            return f"{of} {verb} {alone}. {_instead(papers, alone, kind)}"
    return f"{of} fits all of: {where}. Each alone fits some; leave one out."


def _fits(paper: PaperBrief, where: PaperFilter, kind: str) -> bool:
    wanted = getattr(where, kind)
    match kind:
        case "years":
            return _in_years(paper.metadata.year, wanted)
        case "authors":
            return not wanted or any(
                same_person(name, author) for name in wanted for author in paper.metadata.authors
            )
        case "files":
            return not wanted or any(_is_file(paper.path, pattern) for pattern in wanted)
        case "tags":
            held = {tag.casefold() for tag in paper.metadata.tags}
            return not wanted or any(tag.casefold() in held for tag in wanted)
        case _:
            return not wanted or any(_is_called(paper, name) for name in wanted)


def _in_years(year: int | None, years: Years) -> bool:
    first, last = years
    if first is None and last is None:
        return True
    return year is not None and (first or year) <= year <= (last or year)


def same_person(asked: str, author: str) -> bool:
    """Tell whether a name that was asked for, whole or in part, is in an author's name.

    Words are compared whole, in a row, and an initial fits any name that it begins; a part of a
    Chinese, Japanese or Korean name fits without spaces.
    """
    if _CJK.search(asked):
        return "".join(asked.split()) in "".join(author.split())
    ways = ((False, False), (True, True), (False, True))  # with umlauts as one letter or as two
    return any(
        _in_a_row(_words(asked, umlauts=one), _words(author, umlauts=other))
        for one, other in (ways[:1] if asked.isascii() and author.isascii() else ways)
    )


@lru_cache(maxsize=100_000)
def _words(name: str, *, umlauts: bool) -> tuple[str, ...]:
    family, _, given = name.partition(",")
    spelled = f"{given} {family}".casefold()
    if not spelled.isascii():
        whole = unicodedata.normalize("NFC", spelled).translate(_UMLAUTS if umlauts else _LETTERS)
        letters = unicodedata.normalize("NFKD", whole)
        spelled = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return tuple(_WORD.findall(_APOSTROPHES.sub("", spelled)))


def _in_a_row(asked: Sequence[str], author: Sequence[str]) -> bool:
    if not asked or not any(len(word) > 1 for word in asked):
        return False
    starts = range(len(author) - len(asked) + 1)
    return any(_alike(asked, author[at : at + len(asked)]) for at in starts)


def _alike(asked: Sequence[str], author: Sequence[str]) -> bool:
    pairs = list(zip(asked, author, strict=True))
    whole = any(one == other and len(one) > 1 for one, other in pairs)
    return whole and all(
        one == other or (min(len(one), len(other)) == 1 and one[0] == other[0])
        for one, other in pairs
    )


def _is_file(path: Path, pattern: str) -> bool:
    folded = pattern.casefold().replace("\\", "/")
    if "/" not in folded:
        return fnmatchcase(path.name.casefold(), folded)
    place = path.as_posix().casefold()
    return fnmatchcase(place, folded) or fnmatchcase(place, f"*/{folded.lstrip('./')}")


def _is_called(paper: PaperBrief, name: str) -> bool:
    if name.casefold() == paper.metadata.title.casefold():
        return True
    return name in (paper.id, paper.path.name, str(paper.path))


def _instead(papers: Sequence[PaperBrief], asked: PaperFilter, kind: str) -> str:
    if kind == "years":
        return _years_there(papers)
    named = {
        "authors": {name for paper in papers for name in paper.metadata.authors},
        "files": {paper.path.name for paper in papers},
        "tags": {tag for paper in papers for tag in paper.metadata.tags},
        "papers": {n for paper in papers for n in (paper.id, paper.path.name)},
    }[kind]
    if not named:
        return f"The index knows no {kind} of any paper."
    near = [match for value in getattr(asked, kind) for match in _nearest(value, named)]
    if near:
        return f"Near: {', '.join(repr(name) for name in dict.fromkeys(near))}."
    if kind in ("authors", "tags"):  # which `r1agent index list` shows as JSON only
        return _commonest([getattr(paper.metadata, kind) for paper in papers], kind)
    return "See `r1agent index list`."


def _commonest(names_of_papers: Iterable[Sequence[str]], kind: str) -> str:
    """Name those that most papers have, and where the others are."""
    counts = Counter(name for names in names_of_papers for name in set(names))
    ranked = sorted(counts, key=lambda name: (-counts[name], name))
    shown = ", ".join(map(repr, ranked[:_SHOWN]))
    more = len(counts) - _SHOWN
    if more <= 0:
        return f"{kind.capitalize()} there: {shown}."
    rest = f"{more:,} more; `r1agent index list --json` has them all"
    return f"{kind.capitalize()} there: {shown} and {rest}."


def _nearest(value: str, named: Iterable[str]) -> list[str]:
    found = process.extract(
        value, sorted(named), scorer=fuzz.WRatio, processor=str.casefold, limit=3
    )
    return [name for name, score, _ in found if score >= _NEAR]


def _years_there(papers: Sequence[PaperBrief]) -> str:
    years = sorted(paper.metadata.year for paper in papers if paper.metadata.year is not None)
    unknown = len(papers) - len(years)
    if not years:
        return "The index knows no year of any paper."
    without = f", {unknown} without a year" if unknown else ""
    return f"They are of {years[0]} to {years[-1]}{without}."
