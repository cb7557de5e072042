"""Years of cited works: `(Kluyver et al., 2016)` tells nothing of when something happened."""

from __future__ import annotations

import re

_GROUP = re.compile(r"[(\[]([^()\[\]]{5,400})[)\]]")
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_WORK = re.compile(
    r"\s*(?:(?:see|e\.g\.,?|cf\.?)\s+)?"
    r"(?P<names>(?:(?:van|von|de|der|di|la)\s+)*[A-Z][^;\d]*?)(?P<comma>,?)"
    rf"\s+{_YEAR}(?:\s*(?:,|and|&)\s*(?:{_YEAR}|[a-z]))*\s*"
)
_SEVERAL = re.compile(r"\bet\s+al\b|(?:\band|&)\s+[A-Z]")
"""Authors; a single name without a comma may as well be a place: `(Melbourne 2013)`."""
_NARRATIVE = re.compile(
    r"(?P<names>[A-Z][\w’'-]+(?:\s+et\s+al\.?|\s+(?:and|&)\s+[A-Z][\w’'-]+))"  # noqa: RUF001
    rf",?\s+\({_YEAR}\)"
)
_MONTH = re.compile(
    r"\b(?:January|February|March|April|May|June|July|August|September|October|November|December)\b"
)
_NAME = re.compile(r"[A-Z][\w’'-]{2,}")  # noqa: RUF001


def without_cited_years(quote: str, claim: str) -> str:
    """Take the citations out of a quote, but for those of works whose authors the claim names.

    Args:
        quote: What is read for numbers.
        claim: What may speak of a cited work: `Kluyver introduced it in 2016`.
    """
    said = set(_NAME.findall(claim))
    text = _GROUP.sub(lambda group: _without_works(group, said), quote)
    return _NARRATIVE.sub(lambda work: work[0] if _is_named(work, said) else work["names"], text)


def _without_works(group: re.Match[str], said: set[str]) -> str:
    works = group[1].split(";")
    kept = [work for work in works if not _is_cited(work, said)]
    return group[0] if len(kept) == len(works) else f"({';'.join(kept)})"


def _is_cited(work: str, said: set[str]) -> bool:
    found = _WORK.fullmatch(work)
    if found is None or _MONTH.search(found["names"]) or _is_named(found, said):
        return False
    return bool(found["comma"]) or _SEVERAL.search(found["names"]) is not None


def _is_named(cited: re.Match[str], said: set[str]) -> bool:
    return not said.isdisjoint(_NAME.findall(cited["names"]))
