"""Names of fetched papers that a reader knows them by and every file system takes."""

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from r1agent_indexes.types import PaperMetadata

_LONGEST = 150
"""Bytes of a file name without its ending; file systems take 255."""


def file_name(facts: PaperMetadata) -> str:
    """Return `Doe-2018-Title-of-the-paper`, without what is not known; empty without a title."""
    family = facts.authors[0].split()[-1] if facts.authors else ""
    words = [family, str(facts.year or ""), *re.split(r"[\s/\\]+", facts.title)]
    return _safe("-".join(word for word in words if word)) if facts.title else ""


def _safe(text: str) -> str:
    """Return a file name that every file system takes."""
    plain = re.sub(r"[^\w.-]+", "", unicodedata.normalize("NFC", text).replace("\u2013", "-"))
    tidy = re.sub(r"-{2,}", "-", plain).lstrip("._-")
    short = tidy.encode()[:_LONGEST].decode(errors="ignore")
    return short.rstrip("._-")


def name_of_address(url: str) -> str:
    """Return the name that the end of an address makes, without its ending."""
    parts = urlsplit(url)
    last = unquote(parts.path.rstrip("/").rpartition("/")[2])
    stem = re.sub(r"\.pdf$", "", last, flags=re.IGNORECASE)
    return _safe(re.sub(r"\s+", "-", stem)) or _safe(parts.hostname or "") or "paper"


def free_names(folder: Path, name: str) -> Iterator[Path]:
    """Yield the file of a name, then the same with a number, without end."""
    yield folder / f"{name}.pdf"
    number = 2
    while True:
        yield folder / f"{name}-{number}.pdf"
        number += 1
