"""Names: a sentence speaks of nobody and nothing by a name that its quotes do not have."""

from __future__ import annotations

import re

from r1agent.checks.finding import Finding, Sources
from r1agent.checks.neighbours import at, likeness, pieces_of
from r1agent.words import content_words, split_sentences

_WORD = re.compile(r"(?<![^\W_])[A-Za-zÀ-ɏ][\wÀ-ɏ]*(?:[+#]+|(?:[-'’&./][\wÀ-ɏ]+)*)")  # noqa: RUF001
_NO_NAMES = frozenset(
    "i figure fig figures table tables section sections chapter equation eq appendix algorithm "
    "part step version abstract study paper ok et al vs phase group type model january february "
    "march april may june july august september october november december".split()
)
_WHO = re.compile(r"\W*who\b", re.IGNORECASE)
_WROTE = re.compile(
    r"\b(?:wrote|written|published?|authors?|replicat\w+|reproduc\w+)\b", re.IGNORECASE
)
_WE = re.compile(r"\b(?:we|our|us)\b", re.IGNORECASE)
_SAME_PLACE = 1.5  # of `likeness`
_NEARLY = 0.9
_DISTINCT = 3  # letters and digits of a name that is not another one by chance
_ALIKE = 5  # letters that two forms of a name begin with: America, American


class NameCheck:
    """Ask that every name of a claim is in its quotes, its papers' titles, or asked about."""

    name = "names"

    def check(self, claim: str, sources: Sources) -> Finding | None:
        """Return a finding that names what no quote speaks of, or None."""
        if not sources.quotes:
            return None
        quoted = " ".join([*sources.quotes, *sources.outputs])
        named = [name for name in names_in(claim) if not _is_in(name, quoted)]
        about = _about(sources)
        named = [name for name in named if not _is_spelled_out(name, f"{quoted} {claim}")]
        missing = [
            name for name in named if not (_is_in(name, about) or _is_spelled_out(name, about))
        ]
        if missing:
            return Finding("unsupported", f"{', '.join(missing)} is not in its quote")
        for name in named:
            if other := _replaced(name, claim, quoted):
                return Finding("unsupported", f"says {name!r} where the quote says {other!r}")
        return None


def _about(sources: Sources) -> str:
    """Return what may name what a sentence speaks of, beside its quotes.

    Who did something is told by the quote; the authors are meant where that says `we`.
    """
    who = _WHO.match(sources.question) and not _WROTE.search(sources.question)
    if who and not _WE.search(" ".join(sources.quotes)):
        return sources.question
    return " ".join([sources.context, sources.question, sources.surroundings])


def _replaced(name: str, claim: str, quoted: str) -> str | None:
    """Return the name of the quote in whose place another stands; None where it has none there.

    A quote that says `it` may well speak of what the title, the question or the passage names.
    """
    here, there = pieces_of(claim), pieces_of(quoted)
    place = at(here, claim.index(name))
    likest: dict[bool, tuple[float, str]] = {True: (0.0, ""), False: (0.0, "")}
    names = set(names_in(quoted))
    for other, piece in enumerate(there):
        whole = next((one for one in names if piece.text in one and one[0] == piece.text[0]), None)
        found = (likeness(here, place, there, other), whole or piece.text)
        likest[whole is not None] = max(likest[whole is not None], found)
    likeness_of_name, other_name = likest[True]
    if likeness_of_name < max(_SAME_PLACE, _NEARLY * likest[False][0]):
        return None
    return None if _flat(other_name) == _flat(name) else other_name


def names_in(text: str) -> list[str]:
    """List the names of a text: words with a capital that begin no sentence, acronyms, codes."""
    starts = {sentence.start for sentence in split_sentences(text)}
    found = [one for one in _WORD.finditer(text) if _is_name(one[0], begins=one.start() in starts)]
    return list(dict.fromkeys(one[0] for one in found))


def _is_name(word: str, *, begins: bool) -> bool:
    plain = word.lower()
    if len(word) < 2 or plain in _NO_NAMES or plain.split("'")[0] in _NO_NAMES:
        return False
    inner = word[1:]
    if "_" in inner:
        return True
    if any(character.isupper() for character in inner) and not word.islower():
        return True
    if any(character.isdigit() for character in word):
        return word[0].isupper()
    return word[0].isupper() and not begins and bool(content_words(word))


def _is_in(name: str, held: str) -> bool:
    words = _WORD.findall(held)
    if len(_flat(name)) >= _DISTINCT and _flat(name) in {_flat(word) for word in words}:
        return True
    known = {piece.lower() for word in words for piece in _parts(word)}
    named = [piece.lower() for piece in _parts(name) if not piece.islower() or "_" in piece]
    return all(_has(piece, known) for piece in named)


def _flat(word: str) -> str:
    """Leave out how a name is joined: `PD-1` and `PD1` are one."""
    return re.sub(r"\W", "", word.lower())


def _is_spelled_out(name: str, held: str) -> bool:
    return name.rstrip("s").isupper() and _stands_for(name.rstrip("s"), held)


def _has(piece: str, known: set[str]) -> bool:
    if piece in known or piece.rstrip("s") in known or f"{piece}s" in known:
        return True
    head = piece[:_ALIKE]
    return len(piece) > _ALIKE and any(
        one.startswith(head) and abs(len(one) - len(piece)) <= 3 for one in known
    )


def _parts(word: str) -> list[str]:
    """Split a name where it is joined: `ResNet-50's` is `ResNet` and `50`."""
    plain = re.sub(r"['’]s$", "", word)  # noqa: RUF001
    return [piece for piece in re.split(r"[-'’&./]", plain) if piece]  # noqa: RUF001


def _stands_for(acronym: str, held: str) -> bool:
    """Tell whether words in a row begin with the letters of an acronym, small words left out."""
    words = [word for word in re.findall(r"[^\W\d_]+", held) if len(word) > 3]
    initials = "".join(word[0] for word in words).lower()
    return len(acronym) > 2 and acronym.lower() in initials
