"""The first sign on the screen, before anything is imported that takes time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TextIO

_LIVE = ("ask", "chat")
"""Commands that draw their own line a moment later, over this one."""
_WITHOUT = ("-h", "--help", "-q", "--quiet", "--plain")


def give_sign(arguments: Sequence[str], screen: TextIO, environment: Mapping[str, str]) -> None:
    """Say that a command starts, where it will draw over it.

    The cursor stays at the beginning of the line, so that whatever comes next stands there.
    """
    if not arguments or arguments[0] not in _LIVE or set(arguments) & set(_WITHOUT):
        return
    if environment.get("NO_COLOR") or environment.get("TERM", "dumb") in ("dumb", "unknown"):
        return
    if screen.isatty():
        screen.write("  starting\r")
        screen.flush()
