"""An export that is given itself -> the papers that its entries name, and why others are not."""

import os
import re
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit

from r1agent_indexes.bibliography.entry import Entry
from r1agent_indexes.bibliography.exports import ENDINGS, read_export
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.readers import KINDS
from r1agent_indexes.types import SkippedEntry

_OF_WINDOWS = re.compile(r"[A-Za-z]:[\\/]|\\\\")
_PDF = ".pdf"


@dataclass(frozen=True, slots=True)
class NamedPapers:
    """What an export leads to."""

    export: Path
    files: list[Path] = field(default_factory=list)
    skipped: list[SkippedEntry] = field(default_factory=list)
    problem: str = ""
    """Why the export itself cannot be read."""


class _NotTakenError(Exception):
    """Report why one file is not taken; the message follows the file's name."""


def is_export(path: Path) -> bool:
    """Tell whether a file is an export by its ending."""
    return path.suffix.lower() in ENDINGS and path.is_file()


def named_papers(export: Path) -> NamedPapers:
    """Return the papers that the entries of an export name, each entry's PDFs where it has any.

    An export may come from somebody else. So a path that is relative must stay in the folder of
    the export, links followed, and one that is not, as Better BibTeX writes it, must be a PDF.
    """
    try:
        entries, _ = read_export(export)
    except UnreadablePaperError as error:
        return NamedPapers(export, problem=str(error))
    except OSError as error:
        return NamedPapers(export, problem=f"cannot be read ({error.strerror})")
    files: list[Path] = []
    skipped: list[SkippedEntry] = []
    for entry in entries:
        looked_up = [_looked_up(stated, export.parent) for stated in entry.files]
        found = [path for path in looked_up if isinstance(path, Path)]
        pdfs = [path for path in found if path.suffix.lower() == _PDF]
        files += pdfs or found
        if not found:
            reasons = [reason for reason in looked_up if isinstance(reason, str)]
            reason = next(iter(reasons), "names no file that is a paper")
            skipped.append(SkippedEntry(export, _name(entry), reason))
    return NamedPapers(export, list(dict.fromkeys(files)), skipped)


def no_paper_named(named: NamedPapers) -> str:
    """Return what to tell a user whose export names no paper that is there."""
    found = named.problem or "holds no work"
    if named.skipped:
        first, count = named.skipped[0], len(named.skipped)
        entries = f"{count} entr{'ies' if count > 1 else 'y'}"
        found = f"leads to none: of its {entries} the first, {first.entry!r}, {first.reason}"
    return (
        f"No papers: the export {str(named.export)!r} {found}. Export the collection again with "
        "its files (Zotero: `Export Files`), or give the folder of the papers."
    )


def _looked_up(stated: str, folder: Path) -> Path | str:
    """Return the file that an entry names, or why it is not taken."""
    try:
        return _file(stated, folder)
    except _NotTakenError as error:
        return f"names {stated!r}, which {error}"


def _file(stated: str, folder: Path) -> Path:
    path = _path(stated)
    if path.suffix.lower() not in KINDS:
        raise _NotTakenError(f"is none of {', '.join(KINDS)}")
    if path.is_absolute():
        return _outside(path)
    place = _there(folder / path) or _there(folder / unquote(str(path)))
    if place is None:
        raise _NotTakenError("is not there")
    if not place.is_relative_to(folder.resolve()):
        raise _NotTakenError("leads out of the folder of the export")
    if place.suffix.lower() not in KINDS:
        raise _NotTakenError("is a link to another kind of file")
    return place


def _outside(path: Path) -> Path:
    """Return a file anywhere on the disk; nothing but a PDF is read there."""
    place = _there(path)
    if path.suffix.lower() != _PDF or (place and place.suffix.lower() != _PDF):
        raise _NotTakenError("is no PDF, and nothing else is read outside of the export's folder")
    if place is None:
        raise _NotTakenError("is not there")
    return place


def _path(stated: str) -> Path:
    """Return the path in what an export states: a path, or an address of a file."""
    if _OF_WINDOWS.match(stated) and os.name != "nt":
        raise _NotTakenError("is a path of a computer with Windows")
    if "\0" in stated:
        raise _NotTakenError("is no path")
    parts = urlsplit(stated) if stated.lower().startswith("file:") else None
    if parts is None:
        return Path(stated)
    if parts.netloc not in ("", "localhost"):
        raise _NotTakenError("is on another computer")
    return Path(unquote(parts.path))


def _there(path: Path) -> Path | None:
    """Return a regular file with links followed, None where there is none."""
    try:
        return path.resolve(strict=True) if path.is_file() else None
    except (OSError, RuntimeError, ValueError):  # a loop of links, a name that is too long
        return None


def _name(entry: Entry) -> str:
    return entry.facts.citation_key or entry.facts.title or next(iter(entry.files), "")
