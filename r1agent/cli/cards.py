"""Cards as they are written on the command line, to plan for another machine."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from r1agent.serving import Card

_FORM = re.compile(r"(?:(?P<count>\d{1,3})x)?(?P<size>\d+(?:\.\d+)?)(?:@(?P<arch>\d{1,2}\.\d))?")
_HOPPER = "9.0"
_MOST = 64


def cards_from(text: str) -> list[Card]:
    """Return what `2x80` means: two cards with 80 GB (10^9 bytes) each, all of it free.

    `2x80@8.0` gives their compute capability too; it decides whether they have 8-bit floats.

    Raises:
        BadParameter: It is written in another way.
    """
    from r1agent.serving import Card

    form = _FORM.fullmatch(text.strip().lower().removesuffix("gb"))
    count = int(form["count"] or 1) if form else 0
    if form is None or not 1 <= count <= _MOST or float(form["size"]) == 0:
        raise typer.BadParameter(
            f"{text!r} are no cards. Write `80` for one with 80 GB, `2x80` for two, and "
            "`2x80@8.0` where they are older than Hopper (9.0)."
        )
    size = round(float(form["size"]) * 1_000_000_000)
    major, _, minor = (form["arch"] or _HOPPER).partition(".")
    name = f"{form['size']} GB, compute capability {major}.{minor}"
    return [Card(index, name, size, size, (int(major), int(minor))) for index in range(count)]
