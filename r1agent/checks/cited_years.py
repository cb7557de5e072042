"""Years of cited works: `(Kluyver et al., 2016)` tells nothing of when something happened."""

from __future__ import annotations

import re

_GROUP = re.compile(r"[(\[]([^()\[\]]{5,400})[)\]]")
_YEAR = r"(?:1[89]|20)\d\d[a-z]?"
_WORK = re.compile(
    rf"\s*(?:(?:see|e\.g\.,?|cf\.?)\s+)?(?P<names>[^\W\d_][^;\d]*?),?\s+{_YEAR}"
    rf"(?:\s*(?:,|and|&)\s*(?:{_YEAR}|[a-z]))*\s*",
)
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
    found = [_WORK.fullmatch(work) for work in works]
    kept = [
        work
        for work, cited in zip(works, found, strict=True)
        if cited is None or _MONTH.search(cited["names"]) or _is_named(cited, said)
    ]
    return group[0] if len(kept) == len(works) else f"({';'.join(kept)})"


def _is_named(cited: re.Match[str], said: set[str]) -> bool:
    return not said.isdisjoint(_NAME.findall(cited["names"]))
