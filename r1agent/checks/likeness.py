"""What claim and sentence have in common, and where one turns the other around, as numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

from r1agent.checks.numbers import numbers_in
from r1agent.checks.polarity import Token, are_opposites, read

_NEAR = 8  # words on each side that say what a word speaks of
_REPEATED = 0.8  # of the words of a claim: it was taken from the sentence
_DENIALS = frozenset(("deny_verb", "deny_noun"))
_DECAY = 0.35  # by how much a word further off counts less

FEATURES = (
    "matter",
    "words",
    "parity",
    "agreeing",
    "differing",
    "opposite",
    "same_side",
    "denied_once",
    "denied_twice",
    "null_once",
    "null_twice",
    "negated_once",
    "negated_twice",
    "numbers_missing",
    "numbers_held",
    "reordered",
)
"""Names of what `compare` returns, in order."""


def compare(claim: str, sentence: str) -> list[float]:
    """Return the features of `FEATURES`; shares are 0 to 1, `parity` is -1, 0 or 1."""
    ours, theirs = read(claim), read(sentence)
    shared = matter(ours) & matter(theirs)
    places = [place for place, token in enumerate(theirs) if token.stem in shared]
    span = theirs[max(0, places[0] - 3) : places[-1] + 4] if places else ()
    return [
        _share(shared, matter(ours)),
        _share(content(ours) & content(theirs), content(ours)),
        float(_parity(ours) * _parity(span)),
        *_directions(ours, theirs),
        *_opposites(ours, theirs),
        *_denials(ours, theirs),
        *_both(_is_null(ours), _is_null(span)),
        *_both(_is_negated(ours), _is_negated(span)),
        *_numbers(claim, sentence),
        _reordered(shared, ours, theirs),
    ]


def matter(tokens: Iterable[Token]) -> set[str]:
    """Return the stems that say what a sentence is about, directions and relations left out."""
    return {token.stem for token in tokens if token.is_content and not token.kinds}


def content(tokens: Iterable[Token]) -> set[str]:
    """Return the stems of all words that carry meaning."""
    return {token.stem for token in tokens if token.is_content}


def repeats(claim: str, sentence: str) -> bool:
    """Tell whether a claim has the words of a sentence, and every word that turns the sense."""
    ours, theirs = read(claim), read(sentence)
    held = {(token.stem, token.denied) for token in theirs}
    turning = {(token.stem, token.denied) for token in ours if token.turns}
    words = {(token.stem, token.denied) for token in ours if token.is_content}
    denials = [any(token.kinds & _DENIALS for token in tokens) for tokens in (ours, theirs)]
    return (
        turning <= held and denials[0] == denials[1] and len(words & held) >= _REPEATED * len(words)
    )


def same_matter(one: dict[str, float], other: dict[str, float]) -> float:
    """Return how much of what stands around one word stands around another (0 to 1)."""
    total = sum(one.values())
    common = sum(one[word] * other[word] for word in one.keys() & other.keys())
    return common / total if total else 0.0


def around(tokens: Sequence[Token], place: int) -> dict[str, float]:
    """Weigh the words around a place: those near to it count most."""
    weights: dict[str, float] = {}
    for other in range(max(0, place - _NEAR), min(len(tokens), place + _NEAR + 1)):
        token = tokens[other]
        if other != place and token.is_content:
            weight = 1 / (1 + abs(place - other) * _DECAY)
            weights[token.stem] = max(weights.get(token.stem, 0.0), weight)
    return weights


def _share(part: set[str], whole: set[str]) -> float:
    return len(part) / len(whole) if whole else 0.0


def _parity(tokens: Iterable[Token]) -> int:
    """Multiply the directions: to lack what inhibits is to further (0 where nothing has one)."""
    signs = [token.signed for token in tokens if token.direction]
    falling = sum(sign < 0 for sign in signs)
    return (-1) ** falling if signs else 0


def _directions(ours: Sequence[Token], theirs: Sequence[Token]) -> tuple[float, float]:
    """Sum, over the directions of the claim, how far the sentence agrees and how far it differs.

    A direction is compared with the one of the sentence whose neighbours are most like its own.
    """
    there = [(token, around(theirs, j)) for j, token in enumerate(theirs) if token.direction]
    agreeing = differing = 0.0
    for i, token in enumerate(ours):
        if not token.direction or not there:
            continue
        here = around(ours, i)
        near, other = max(
            ((same_matter(here, words), other) for other, words in there), key=lambda pair: pair[0]
        )
        agreeing += near * (token.signed == other.signed)
        differing += near * (token.signed != other.signed)
    return agreeing, differing


def _opposites(ours: Sequence[Token], theirs: Sequence[Token]) -> tuple[float, float]:
    """Sum, over the words of the claim, how far an opposite outweighs the same word, or falls
    short of it.
    """  # noqa: D205
    opposite = same = 0.0
    for i, token in enumerate(ours):
        against, along = weigh_opposites(token, around(ours, i), theirs)
        opposite += max(0.0, against - along)
        same += max(0.0, along - against)
    return opposite, same


def weigh_opposites(
    token: Token, here: dict[str, float], theirs: Sequence[Token]
) -> tuple[float, float]:
    """Return how near the matter of an opposite, and of the same word, is to that of a token."""
    against = along = 0.0
    for j, other in enumerate(theirs):
        is_same = other.stem == token.stem and token.turns
        if not is_same and not are_opposites(token.word, other.word):
            continue
        near = same_matter(here, around(theirs, j))
        if is_same == (token.denied == other.denied):
            along = max(along, near)
        else:
            against = max(against, near)
    return against, along


def _denials(ours: Sequence[Token], theirs: Sequence[Token]) -> tuple[float, float]:
    """Return the shares of the claim's words that one of the two denies, and that both deny."""
    words = content(ours)
    there: dict[str, set[bool]] = {}
    for token in theirs:
        there.setdefault(token.stem, set()).add(token.denied)
    held = [token for token in ours if token.is_content and token.stem in there]
    once = {token.stem for token in held if token.denied not in there[token.stem]}
    twice = {token.stem for token in held if token.denied and True in there[token.stem]}
    return _share(once, words), _share(twice, words)


def _is_null(tokens: Iterable[Token]) -> bool:
    """Tell whether a relation or a direction is denied, or called none."""
    return any(
        token.denied if token.kinds & {"relation", "up", "down"} else "null" in token.kinds
        for token in tokens
    )


def _is_negated(tokens: Iterable[Token]) -> bool:
    return any(token.denied for token in tokens)


def _both(one: bool, other: bool) -> tuple[float, float]:
    return float(one != other), float(one and other)


def _numbers(claim: str, sentence: str) -> tuple[float, float]:
    stated = {number.value for number in numbers_in(claim)}
    held = {number.value for number in numbers_in(sentence)}
    return float(len(stated - held)), float(len(stated & held))


def _reordered(shared: set[str], ours: Sequence[Token], theirs: Sequence[Token]) -> float:
    """Return the share of pairs of shared words that stand the other way round."""
    here, there = _first_places(ours), _first_places(theirs)
    pairs = list(combinations(sorted(shared, key=lambda word: here[word]), 2))
    turned = sum(there[one] > there[other] for one, other in pairs)
    return turned / len(pairs) if pairs else 0.0


def _first_places(tokens: Sequence[Token]) -> dict[str, int]:
    return {token.stem: place for place, token in reversed(list(enumerate(tokens)))}
