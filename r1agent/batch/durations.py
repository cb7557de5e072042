"""Durations as people write and read them: `90`, `45m`, `1h30m`, and `1 h 30 min`."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s?)?", re.ASCII)
_UNITS = (86_400, 3600, 60, 1)


def read_duration(text: str) -> float | None:
    """Return the seconds in `90`, `90s`, `45m`, `2h`, `1h30m` or `1d`; None where it is none.

    A number without a unit is seconds.
    """
    plain = "".join(text.split()).lower()
    found = _WRITTEN.fullmatch(plain)
    if not plain or found is None:
        return None
    return sum(
        float(part) * unit for part, unit in zip(found.groups(), _UNITS, strict=True) if part
    )


def in_words(seconds: float) -> str:
    """Say a duration in its one or two largest units: `40 s`, `12 min`, `5 h 40 min`, `2 d 3 h`."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        hours, rest = divmod(minutes, 60)
        return f"{hours} h {rest} min" if rest else f"{hours} h"
    days, hours = divmod(round(minutes / 60), 24)
    return f"{days} d {hours} h" if hours else f"{days} d"
