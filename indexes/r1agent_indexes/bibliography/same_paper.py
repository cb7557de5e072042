"""Whether two descriptions mean one paper: by title, authors and year."""

import re
import unicodedata
from functools import lru_cache

from rapidfuzz import fuzz

from r1agent_indexes.bibliography.filtering import same_person
from r1agent_indexes.types import PaperMetadata

CLOSE = 93.0
"""Least likeness, of 100, of two titles of one paper; below it are sequels and replies."""
_FUZZY_FROM = 20
"""Titles with fewer characters must be equal: one letter changes too much of them."""
_YEARS_APART = 2
"""A preprint and its journal version may be this far apart."""
_NUMBER = re.compile(r"\d+|\b(?:i{1,3}|iv|v|vi{1,3}|ix|x)\b")


@lru_cache(maxsize=50_000)
def folded(title: str) -> str:
    """Return a title as it is compared: letters and digits in lower case, one space between."""
    letters = unicodedata.normalize("NFKD", title).casefold()
    plain = "".join(letter for letter in letters if not unicodedata.combining(letter))
    return " ".join(re.findall(r"[^\W_]+", plain))


def same_title(one: str, other: str) -> bool:
    """Tell whether two titles are one; `Part I` and `Part II` are not."""
    first, second = folded(one), folded(other)
    if not first or _NUMBER.findall(first) != _NUMBER.findall(second):
        return False
    if first == second:
        return True
    long_enough = min(len(first), len(second)) >= _FUZZY_FROM
    return long_enough and fuzz.ratio(first, second) >= CLOSE


def same_paper(one: PaperMetadata, other: PaperMetadata) -> bool:
    """Tell whether titles are one and neither years nor authors speak against it."""
    if not same_title(one.title, other.title):
        return False
    if one.year and other.year and abs(one.year - other.year) > _YEARS_APART:
        return False
    return not (one.authors and other.authors) or share_author(one, other)


def share_author(one: PaperMetadata, other: PaperMetadata) -> bool:
    """Tell whether a family name of one paper is among the authors of the other."""
    families = {_family(name) for name in one.authors}
    return any(same_person(name, author) for name in families for author in other.authors)


def question_for(known: PaperMetadata) -> str:
    """Return what a registry would be asked about a paper, to tell whether it was already."""
    return doi_of(known) or folded(known.title)


def doi_of(known: PaperMetadata) -> str | None:
    """Return the DOI of a paper, which arXiv gives to each of its own."""
    if known.doi:
        return known.doi.lower()
    if known.arxiv_id:
        return f"10.48550/arxiv.{known.arxiv_id.partition('v')[0].lower()}"
    return None


def _family(name: str) -> str:
    words = name.split()
    return words[-1] if words else ""
