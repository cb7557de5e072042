"""Numbers that count nothing: of labels, lists and references, and within other words."""

from __future__ import annotations

import re

from r1agent.words import content_words

_KINDS = {
    "figure": r"figures?|figs?\.?",
    "table": r"tables?|tabs?\.",
    "section": r"sections?|sect?s?\.|§+",
    "equation": r"equations?|eqs?\.?|eqns?\.?",
    "chapter": r"chapters?|chaps?\.",
    "page": r"pages?|pp?\.",
    "step": r"steps?",
    "algorithm": r"algorithms?|algs?\.",
    "appendix": r"appendix|appendices",
    "theorem": r"theorems?|lemmas?|definitions?|corollary|propositions?",
    "图": r"(?<![意企试])图",
    "表": r"(?<![代发量报])表",
    "式": r"[公等]式",
    "步骤": r"步骤",
}
_KIND = "|".join(f"(?P<k{n}>{words})" for n, words in enumerate(_KINDS.values()))
_ONE = r"\(?\d{1,4}(?:[.-]\d{1,3})*[a-h]?\)?(?![\d%])(?!\s?(?:%|％|per\s?cent))"  # noqa: RUF001
_FURTHER = rf"\s?(?:,|;|–|-|and|&|to|和|与|、)\s?{_ONE}(?![.,]?\d)"  # noqa: RUF001
_LABEL = re.compile(
    rf"(?<![^\W\u3400-\u9fff])(?:{_KIND})(?P<many>(?<=[a-z]s)|(?<=s\.))?\s?"
    # behind `Figures` all numbers of a list are labels, in `Section 3 and 5 groups` not
    rf"(?P<numbers>{_ONE}(?:{_FURTHER}(?(many)|(?!\s[a-z])))*)"
    r"|第\s?(?P<chinese>\d{1,4})\s?(?P<what>[节章页步])",
    re.IGNORECASE,
)
_MARKS = (
    re.compile(r"(?:\A|(?<=[.!?:;。]\n))\s*\(?\d{1,2}[.)]\s+(?=[^\W\d])"),
    re.compile(r"(?<=[:;,] )\(\d\)(?= [a-z])"),
    re.compile(r"(?<=[a-z]{3})\d{1,3}(?:\s?[,–-]\s?\d{1,3})+(?![\d.%])"),  # noqa: RUF001
    re.compile(r"(?<=[a-z]{2}[.,])\d{1,3}(?:[,–-]\d{1,3})+(?![\d.%])"),  # noqa: RUF001
)
"""Of lists, and of references, raised behind a word or a full stop."""
_MOST_STEPS = 100
"""From here on `step 100` tells how many there were."""
_NUMBER_WORD = (
    "one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    "sixteen|seventeen|eighteen|nineteen|twenty|double|half|pair"
)
_HYPHENATED = re.compile(
    rf"(?<![\w-])(?:{_NUMBER_WORD})-\s*(?:(?:and|or|to)\s+\w+-\s*)?(?P<other>[a-z]+(?:-[a-z]+)*)",
    re.IGNORECASE,
)
_COUNTING = re.compile(
    rf"(?:{_NUMBER_WORD}|folds?|times?|hundred|thousand|million|billion|third|half|quarter|fourth|"
    r"fifth|tenth|percent|point)s?",
    re.IGNORECASE,
)
_FIGURE = re.compile(rf"(?<![\w.])(?:\d+(?:\.\d+)?|(?:{_NUMBER_WORD})(?![a-z]))", re.IGNORECASE)
_BESIDE = 3
"""Words on either side of a number that may name what it counts."""


def without_labels(quote: str, claim: str, *, hyphenated: bool = False) -> str:
    """Take out of a quote the numbers that count nothing the claim could speak of.

    Labels (`Figure 1`, `Eq. (5)`, `page 7`) unless the claim names the same one, markers of lists,
    raised marks of references (`study3,4`), and number words within a word (`three-velocities`)
    unless the claim says the rest of it beside a number (`3 velocities`).

    Args:
        quote: What is read for numbers.
        claim: What names labels and things.
        hyphenated: Leave words with a hyphen as they are.
    """
    named = set(labels_in(claim))
    text = _LABEL.sub(lambda found: found[0] if _is_named(found, named) else " ", quote)
    text = without_marks(text)
    if hyphenated:
        return text
    return _HYPHENATED.sub(lambda found: found[0] if _is_said(found, claim) else " ", text)


def without_marks(text: str) -> str:
    """Take out the markers of lists and the raised marks of references."""
    for marks in _MARKS:
        text = marks.sub(" ", text)
    return text


def labels_in(text: str) -> list[str]:
    """List the labels of a text in one way of writing: `figure 1`, `equation 5`."""
    return [name for found in _LABEL.finditer(text) for name in _names(found)]


def _is_named(found: re.Match[str], named: set[str]) -> bool:
    names = _names(found)
    if names[0].startswith("step ") and float(names[0].split()[1].split(".")[0]) >= _MOST_STEPS:
        return True
    return not named.isdisjoint(names)


def _names(found: re.Match[str]) -> list[str]:
    if found["chinese"]:
        return [f"{found['what']} {found['chinese']}"]
    kind = next(kind for n, kind in enumerate(_KINDS) if found[f"k{n}"])
    return [f"{kind} {number}" for number in re.findall(r"\d+(?:\.\d+)*", found["numbers"])]


def _is_said(found: re.Match[str], claim: str) -> bool:
    """Tell whether the claim has what stands behind the hyphen beside a number."""
    other = found["other"].lower()
    stems = set(content_words(other.replace("-", " ")))
    if not stems or any(_COUNTING.fullmatch(part) for part in other.split("-")):
        return True
    for number in _FIGURE.finditer(claim):
        before = re.findall(r"[^\W\d_]+", claim[: number.start()])[-_BESIDE:]
        behind = re.findall(r"[^\W\d_]+", claim[number.end() :])[:_BESIDE]
        joined = claim[number.end() : number.end() + 1].lower()
        if stems & set(content_words(" ".join([*before, *behind]))) or joined == other[0]:
            return True
    return False
