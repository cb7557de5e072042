r"""The final answer in what a model wrote: what is boxed, marked or said last.

In this order: the last `\boxed{…}`, what follows the last `####`, what follows the last “answer
is” or “Answer:”, and the last number of the text.
"""

from __future__ import annotations

import re

_BOX = re.compile(r"\\(?:boxed|fbox)(?![A-Za-z])")
_MARK = re.compile(r"####(?=([^\n]+))")
_SAID = re.compile(r"\banswer(?:\s+is|\s*[:=])(?=([^\n]+))", re.IGNORECASE)
_NUMBER = re.compile(
    r"(?<![\w.,])[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?(?:/\d+)?"  # noqa: RUF001
    r"|(?<![\w.])[-−]?\.\d+"  # noqa: RUF001
)
_AROUND = " \t*_$:."
_MOST = 400
"""Characters of an answer: what is longer is no final value."""


def final_answer(text: str) -> str | None:
    """Return the final answer of a text as it stands, such as LaTeX; None where it has none."""
    told = _told(text)
    if told:
        return told[0][:_MOST]
    numbers = _NUMBER.findall(text)
    return _plain(numbers[-1]) if numbers else None


def final_number(text: str) -> str | None:
    """Return the final number of a text, without unit, currency and thousands' commas.

    Of `5 + 6 = 11 dollars` it is what follows the last sign of equality; else of a phrase the
    first number counts. A phrase without any number is passed over.
    """
    for phrase in _told(text):
        numbers = _NUMBER.findall(_SPACED.sub(r"\1", phrase).rpartition("=")[2])
        if numbers:
            return _plain(numbers[0])
    numbers = _NUMBER.findall(text)
    return _plain(numbers[-1]) if numbers else None


def last_boxed(text: str) -> str | None:
    r"""Return what the last `\boxed{…}` holds, its braces balanced; None where there is none."""
    for found in reversed([*_BOX.finditer(text)]):
        inside = _braced(text[found.end() : found.end() + 2 * _MOST])
        if inside:
            return inside
    return None


_SPACED = re.compile(r"\\[$ ,!]|([,\d])\\[,!](?=\d)")
"""What LaTeX puts before a number or between its digits."""


def _told(text: str) -> list[str]:
    """Return the phrases that are given as the answer, the one that counts most first."""
    boxed = last_boxed(text)
    marked = [found[-1] for found in (_MARK.findall(text), _SAID.findall(text)) if found]
    told = [one.strip(_AROUND) for one in marked]
    return [one for one in ([boxed] if boxed else []) + told if one]


def _braced(text: str) -> str | None:
    r"""Return what stands in the braces that a text begins with; without braces, its first word.

    `\boxed 5` is LaTeX too.
    """
    start = text.lstrip(" ")
    if not start.startswith("{"):
        return next(iter(start.split()), "").strip("$.,") or None
    depth = 0
    for place, character in enumerate(start):
        if place and start[place - 1] == "\\":
            continue
        depth += (character == "{") - (character == "}")
        if depth == 0:
            return start[1:place].strip() or None
    return None


def _plain(number: str) -> str:
    return number.replace(",", "").replace("−", "-")  # noqa: RUF001
