"""Paths as a user gives them -> the files to index."""

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from r1agent_indexes.bibliography.named_papers import is_export, named_papers, no_paper_named
from r1agent_indexes.errors import NoPapersError, PaperIndexError
from r1agent_indexes.reading.readers import KINDS
from r1agent_indexes.types import SkippedEntry


@dataclass(frozen=True, slots=True)
class FoundFiles:
    """What was found under the given paths."""

    papers: list[Path]
    """Absolute, each once, by name within its folder."""
    folders: list[Path]
    ignored: Counter[str]
    """Files of other kinds, by ending."""
    exports: list[Path] = field(default_factory=list)
    """Those that were given themselves."""
    skipped: list[SkippedEntry] = field(default_factory=list)


def find_papers(paths: str | Path | Sequence[str | Path]) -> FoundFiles:
    """Return the papers among some files and folders, or in one, hidden ones left out.

    An export of a reference manager stands for the files that its entries name.

    Raises:
        PaperIndexError: A path does not exist.
        NoPapersError: There is no file of a known kind in any of them.
    """
    several = [paths] if isinstance(paths, str | Path) else paths
    given = [Path(path).expanduser() for path in several]
    for path in given:
        if not path.exists():
            raise PaperIndexError(
                f"There is no {str(path)!r}. Give a paper, a folder or an export."
            )
    exports = [path.resolve() for path in given if is_export(path)]
    named = [named_papers(export) for export in exports]
    skipped = [entry for each in named for entry in each.skipped]
    files = [file for path in given if not is_export(path) for file in _files(path.resolve())]
    others = [file.suffix.lower() or "no ending" for file in files]
    ignored = Counter(kind for kind in others if kind not in KINDS)
    files += [file for each in named for file in each.files]
    papers = list(dict.fromkeys(file for file in files if file.suffix.lower() in KINDS))
    if not papers:
        raise NoPapersError(no_paper_named(named[0]) if named else _nothing(given, ignored))
    folders = [path.resolve() for path in given if path.is_dir()]
    return FoundFiles(papers, folders, ignored, exports, skipped)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, folders, names in os.walk(path):
        folders[:] = sorted(name for name in folders if not _is_hidden(Path(folder) / name))
        for name in sorted(names):
            if not name.startswith("."):
                yield Path(folder) / name


def _is_hidden(folder: Path) -> bool:
    """Tell whether a folder is hidden, or an index of ours."""
    return folder.name.startswith(".") or (folder / "papers.sqlite").exists()


def _nothing(given: Sequence[Path], ignored: Counter[str]) -> str:
    where = ", ".join(repr(str(path)) for path in given) or "the paths given (there were none)"
    count = ignored.total()
    held = ", ".join(f"{number} {kind}" for kind, number in ignored.most_common(4))
    found = f"{count} other file{'s' if count > 1 else ''} ({held})" if count else "no files"
    return (
        f"No papers in {where}: found {found}, wanted {', '.join(KINDS)}. Put papers there, or "
        "give another folder."
    )
