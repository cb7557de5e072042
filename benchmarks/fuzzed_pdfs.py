"""Damaged PDFs from whole ones: the same ones for the same seed."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

_LARGEST = 1 << 20
"""Bytes; larger papers only make the bench slower."""
_OBJECT = re.compile(rb"\d+ \d+ obj\b.*?\bendobj\b", re.DOTALL)
_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?![\w.])")
_NUMBERS = (
    b"-1",
    b"0",
    b"2147483647",
    b"-2147483648",
    b"4294967296",
    b"99999999999999999999",
    b"1e99",
)
_REFERENCE = re.compile(rb"\b\d+ 0 R\b")
_TOKENS = (
    b"<<",
    b">>",
    b"[",
    b"]",
    b"(",
    b")",
    b"/Kids",
    b"stream",
    b"endobj",
    b"null",
    b"R",
    b"%",
)


def fuzzed_pdfs(sources: Sequence[Path], count: int, *, seed: int) -> Iterator[tuple[str, bytes]]:
    """Yield `(name, bytes)` of damaged PDFs; the name tells the damage and the source."""
    chance = random.Random(seed)  # noqa: S311  (repeatable, no secret)
    whole = [path for path in sources if 0 < path.stat().st_size <= _LARGEST]
    for number in range(count):
        source, other = chance.choice(whole), chance.choice(whole)
        damages = _DAMAGES | {"spliced": partial(_splices, other.read_bytes())}
        names = chance.sample(sorted(damages), k=chance.choice((1, 1, 1, 2)))
        data = source.read_bytes()
        for name in names:
            data = damages[name](chance, data)
        yield f"{number:04}-{'+'.join(names)}-{source.stem[:40]}.pdf", data


def _flips(chance: random.Random, data: bytes) -> bytes:
    """Change single bits all over the file."""
    changed = bytearray(data)
    for _ in range(chance.choice((1, 10, 100, 1000))):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def _overwrites(chance: random.Random, data: bytes) -> bytes:
    """Put random bytes over a stretch."""
    start = chance.randrange(len(data))
    stretch = chance.randbytes(chance.choice((4, 64, 1024)))
    return data[:start] + stretch + data[start + len(stretch) :]


def _truncates(chance: random.Random, data: bytes) -> bytes:
    """Cut the file off, as a broken download does."""
    return data[: chance.randrange(1, len(data) + 1)]


def _loses_head(chance: random.Random, data: bytes) -> bytes:
    """Drop the beginning."""
    return data[chance.randrange(len(data)) :]


def _splices(other: bytes, chance: random.Random, data: bytes) -> bytes:
    """Put a stretch of another paper in."""
    at, start = chance.randrange(len(data)), chance.randrange(len(other))
    return data[:at] + other[start : start + chance.choice((100, 5000, 100_000))] + data[at:]


def _repeats_objects(chance: random.Random, data: bytes) -> bytes:
    """Write an object many times."""
    found = _OBJECT.findall(data)
    if not found:
        return data
    one = chance.choice(found)[:20_000]
    return data.replace(one, one + b"\n" + one * chance.choice((1, 50)), 1)


def _swaps_objects(chance: random.Random, data: bytes) -> bytes:
    """Put the content of one object in the place of another's."""
    found = _OBJECT.findall(data)
    if len(found) < 2:
        return data
    one, two = chance.sample(found, k=2)
    return data.replace(one, two, 1)


def _garbles_objects(chance: random.Random, data: bytes) -> bytes:
    """Drop syntax into objects."""
    changed = data
    for _ in range(chance.choice((1, 20))):
        at = chance.randrange(len(changed))
        changed = changed[:at] + chance.choice(_TOKENS) + changed[at:]
    return changed


def _misdirects(chance: random.Random, data: bytes) -> bytes:
    """Let references point to other objects, which makes cycles."""
    found = _REFERENCE.findall(data) or [b"1 0 R"]
    share = chance.choice((0.02, 0.2))
    return _REFERENCE.sub(
        lambda match: chance.choice(found) if chance.random() < share else match[0], data
    )


def _blows_numbers_up(chance: random.Random, data: bytes) -> bytes:
    """Put extreme numbers in: lengths, counts, offsets, sizes."""
    share = chance.choice((0.001, 0.02))
    return _NUMBER.sub(
        lambda match: chance.choice(_NUMBERS) if chance.random() < share else match[0], data
    )


def _damages_xref(chance: random.Random, data: bytes) -> bytes:
    """Change the digits of the table that says where objects are."""
    start = max(data.rfind(b"xref"), 0)
    tail = re.sub(rb"\d", lambda _: str(chance.randrange(10)).encode(), data[start:])
    return data[:start] + tail


_DAMAGES: dict[str, Callable[[random.Random, bytes], bytes]] = {
    "flipped": _flips,
    "overwritten": _overwrites,
    "truncated": _truncates,
    "headless": _loses_head,
    "repeated": _repeats_objects,
    "swapped": _swaps_objects,
    "garbled": _garbles_objects,
    "misdirected": _misdirects,
    "blown_up": _blows_numbers_up,
    "xref": _damages_xref,
}
