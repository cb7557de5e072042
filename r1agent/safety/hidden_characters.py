"""Text as a model reads it: what characters hide, and words dressed up as others."""

# ruff: noqa: RUF001 - wordings, Chinese and curly marks among them

from __future__ import annotations

import base64
import binascii
import re
import unicodedata

_TAGS = re.compile("[\U000e0001\U000e0020-\U000e007f]+")
_SELECTORS = re.compile("[\U000e0100-\U000e01ef]{4,}")
_HIDDEN = re.compile(
    "[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff\ufff9-\ufffb"
    "\ufe00-\ufe0f\U000e0000-\U000e007f\U000e0100-\U000e01ef]"
)
_OVERRIDES = re.compile("[\u202d\u202e]")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .\-_*]){5,}\w(?!\w)")
_ENCODED = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{32,}={0,2}")
_SAID = re.compile(r"[A-Za-z]{2,} [A-Za-z]{2,}")
_FROM = "авсеһіјкмոорԛѕтуѵԝхоερναικτυχ" + "АВСЕНІЈКМОРЅТХУΑΒΕΖΗΙΚΜΝΟΡΤΥΧ"
_INTO = "abcehijkmnopqstuvwxoepvaiktux" + "ABCEHIJKMOPSTXYABEZHIKMNOPTYX"
_LATIN_LOOK = str.maketrans(_FROM, _INTO)
_MIXED = re.compile(r"(?=[^\W\d_]*[A-Za-z])(?=[^\W\d_]*[\u0370-\u058f])[^\W\d_]{3,}")


def as_read(text: str) -> str:
    """Return a text in lower case on one line, as if nothing were hidden or dressed up.

    Invisible characters are dropped, tag characters and base64 that hold words are read, look-alike
    letters inside Latin words and words with a space between all letters are put right.
    """
    plain = text if text.isascii() else _undressed(text)
    plain = _SPACED.sub(lambda found: re.sub(r"[ .\-_*]", "", found[0]), plain)
    said = " ".join([plain, smuggled(text), *encoded(plain)])
    return " ".join(said.lower().replace("’", "'").split())


def _undressed(text: str) -> str:
    plain = unicodedata.normalize("NFKC", _HIDDEN.sub("", text))
    return _MIXED.sub(lambda found: found[0].translate(_LATIN_LOOK), plain)


def smuggled(text: str) -> str:
    """Return what tag characters spell, which no reader can see."""
    runs = "".join(_TAGS.findall(text))
    return "".join(chr(ord(one) - 0xE0000) for one in runs if ord(one) >= 0xE0020)


def encoded(text: str) -> list[str]:
    """Return the words that base64 in a text spells."""
    read = (_decoded(found[0]) for found in _ENCODED.finditer(text))
    return [one for one in read if one]


def hides_text(text: str) -> str:
    """Say by which means a text hides words from its reader, or return an empty text.

    Single joiners, soft hyphens and marks of direction are ordinary and do not count.
    """
    if not text.isascii() and (unseen := _unseen(text)):
        return unseen
    return "words in base64" if encoded(text) else ""


def _unseen(text: str) -> str:
    if len(smuggled(text)) > 3 or _SELECTORS.search(text):
        return "invisible characters that spell words"
    if re.search("[\u200b-\u200d\u2060-\u2064\ufeff]{8,}", text):
        return "a run of invisible characters"
    if _OVERRIDES.search(text):
        return "characters that turn the direction of the text around"
    return ""


def _decoded(blob: str) -> str:
    whole = blob.rstrip("=")
    try:
        raw = base64.b64decode(whole + "=" * (-len(whole) % 4))
        said = raw.decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        return ""
    readable = all(one.isprintable() or one.isspace() for one in said)
    return said if readable and _SAID.search(said) else ""
