"""The source text of an example paper: TOML front matter between `+++` lines, then Markdown."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

FENCE = "+++\n"


@dataclass(frozen=True, slots=True)
class Paper:
    """An example paper before it is set."""

    title: str
    authors: tuple[str, ...]
    year: int
    running_head: str
    """Short title that stands above every page but the first."""
    layout: Literal["one-column", "two-column"]
    language: Literal["en", "zh"]
    body: str
    """Markdown; the section called Abstract (摘要) comes first."""


def read_paper(path: Path) -> Paper:
    """Read the source of one paper.

    Raises:
        ValueError: The file does not begin with front matter.
        TypeError: The front matter lacks a field or has one too many.
    """
    before, _, rest = path.read_text(encoding="utf-8").partition(FENCE)
    front_matter, fence, body = rest.partition(FENCE)
    if before or not fence:
        raise ValueError(f"{path} must begin with TOML front matter between two `+++` lines.")
    fields = tomllib.loads(front_matter)
    return Paper(**{**fields, "authors": tuple(fields["authors"])}, body=body)
