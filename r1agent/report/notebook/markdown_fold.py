"""Markdown that folds, where the HTML of a fold is understood: notebooks, GitHub, Obsidian."""

from __future__ import annotations

import re
from collections.abc import Iterable

from r1agent.report.printable import one_line

_PUNCTUATION = re.compile(r"[^\w\s,;()?'/→·✓✗]|_")


def markdown_folded(heading: str, blocks: Iterable[str]) -> str:
    """Write blocks of Markdown that open below their heading, which is any text.

    The heading stands inside HTML, where some dialects read Markdown and others do not: what could
    be markup in either is written as its number.
    """
    line = _PUNCTUATION.sub(lambda found: f"&#{ord(found[0])};", one_line(heading))
    shown = [f"<details><summary>{line}</summary>", *filter(None, blocks), "</details>"]
    return "\n\n".join(shown)
