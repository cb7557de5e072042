"""Exports of reference managers beside the papers, and which entry belongs to which file."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path, PurePosixPath

from rapidfuzz import fuzz, process

from r1agent_indexes.bibliography.bibtex import read_bibtex
from r1agent_indexes.bibliography.csl_json import read_json
from r1agent_indexes.bibliography.entry import Entry, arxiv_id_in, bare_arxiv_id, doi_in
from r1agent_indexes.bibliography.ris import read_ris
from r1agent_indexes.bibliography.same_paper import CLOSE, folded, same_paper
from r1agent_indexes.bibliography.zotero_rdf import read_rdf
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.types import FailedPaper, PaperMetadata

ENDINGS = (".bib", ".json", ".rdf", ".ris")
_MOST_BYTES = 64 << 20
"""An export of 10,000 papers with abstracts has about 30 MB; larger JSON is something else."""
_NOT_ALIKE = 50.0
"""Below this likeness of titles, of 100, an id that two papers share is a mistake."""
_RAREST = 3
"""Words of a title by which others like it are looked for; a slip of the pen spoils one of them."""
_TELLING_NAME = 8
"""Characters from which a file name alone tells which paper it is."""


def find_exports(papers: Iterable[Path], folders: Sequence[Path]) -> list[Path]:
    """Return the exports in the folders that hold papers, and above them in the given ones."""
    places = {papers_folder for paper in papers for papers_folder in _places(paper, folders)}
    return sorted(path for place in {*places, *folders} for path in _exports_in(place))


def _exports_in(place: Path) -> list[Path]:
    try:
        listed = list(place.iterdir())
    except OSError:  # a folder that may not be listed, or is gone: as without an export
        return []
    named = [path for path in listed if path.suffix.lower() in ENDINGS]
    return [path for path in named if not path.name.startswith(".") and path.is_file()]


def _places(paper: Path, folders: Sequence[Path]) -> list[Path]:
    above = [one for one in paper.parents if any(one.is_relative_to(root) for root in folders)]
    return above or [paper.parent]


def read_exports(paths: Iterable[Path]) -> "Exports":
    """Read exports; one that is broken is listed in `problems` and the others are used."""
    entries: list[Entry] = []
    problems: list[FailedPaper] = []
    for path in paths:
        try:
            found, wrong = read_export(path)
        except UnreadablePaperError as error:
            problems.append(FailedPaper(path, str(error)))
        except OSError as error:
            problems.append(FailedPaper(path, error.strerror or str(error)))
        else:
            entries += found
            problems += [FailedPaper(path, f"{one}; the others are used") for one in wrong[:1]]
    return Exports(entries, problems)


def read_export(path: Path) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    """Return the entries of an export, and what is wrong with those that it cannot give.

    Raises:
        UnreadablePaperError: It is broken, too large, or holds no entry.
        OSError: It cannot be read.
    """
    status = path.stat()
    return _read(path, status.st_size, status.st_mtime_ns)


@lru_cache(maxsize=4)  # BibTeX takes 4 ms an entry, and one `add` asks for it several times
def _read(path: Path, size: int, changed: int) -> tuple[tuple[Entry, ...], tuple[str, ...]]:
    del changed  # which tells one content from the next
    if size > _MOST_BYTES:
        raise UnreadablePaperError(f"has more than {_MOST_BYTES >> 20} MB, too large for an export")
    data = path.read_bytes()
    if path.suffix.lower() == ".rdf":
        return tuple(read_rdf(data)), ()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("latin-1")  # what BibTeX files were written in before
    match path.suffix.lower():
        case ".bib":
            entries, wrong = read_bibtex(text)
            return tuple(entries), tuple(wrong)
        case ".json":
            return tuple(read_json(text)), ()
        case _:
            return tuple(read_ris(text)), ()


@dataclass(frozen=True, slots=True)
class _Stated:
    parts: tuple[str, ...]
    """Folders and name of a file, as an entry states them."""
    entry: Entry


class Exports:
    """All entries of the exports, found by file, key, DOI, arXiv id or title."""

    def __init__(self, entries: Sequence[Entry] = (), problems: Sequence[FailedPaper] = ()) -> None:
        """Sort the entries by what they are found by."""
        self.entries = list(entries)
        self.problems = list(problems)
        self._by_file: defaultdict[str, list[_Stated]] = defaultdict(list)
        self._by_id: dict[str, Entry] = {}
        self._by_title: defaultdict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            for file in entry.files:
                parts = _parts(file)
                self._by_file[parts[-1]].append(_Stated(parts, entry))
            for name in _ids(entry.facts):
                self._by_id.setdefault(name, entry)
            if title := folded(entry.facts.title):
                self._by_title[title].append(entry)
        self._by_word: defaultdict[str, list[str]] = defaultdict(list)
        for title in self._by_title:
            for word in set(title.split()):
                self._by_word[word].append(title)

    def facts_for(self, path: Path, metadata: PaperMetadata) -> PaperMetadata | None:
        """Return what the exports state of a paper, or None where no entry is surely its own."""
        known = replace(metadata, title="" if metadata.title == path.stem else metadata.title)
        entry = self._of_file(path, known) or self._of_id(path, known) or self._of_title(known)
        if entry is None or entry.facts.title:
            return entry.facts if entry else None
        return replace(entry.facts, title=metadata.title)

    def _of_file(self, path: Path, known: PaperMetadata) -> Entry | None:
        stated = self._by_file.get(_parts(path.as_posix())[-1], [])
        whole = _parts(path.as_posix())
        shared = [(_shared_end(one.parts, whole), one.entry) for one in stated]
        best = max((count for count, _ in shared), default=0)
        candidates = [entry for count, entry in shared if count == best]
        if not candidates or any(not _is_one(one, candidates[0]) for one in candidates):
            return None
        entry = candidates[0]
        if best > 1 or any(len(one.parts) == 1 for one in stated):
            return entry  # folder and name, or nothing but a name, as stated
        told = bool(known.title) or len(path.stem) >= _TELLING_NAME
        return entry if told and _alike(known, entry.facts) else None

    def _of_id(self, path: Path, known: PaperMetadata) -> Entry | None:
        key = f"key:{path.stem.casefold()}"
        for name in (key, *_ids(known), *_ids_of_name(path.stem)):
            entry = self._by_id.get(name)
            if entry is not None and _alike(known, entry.facts):
                return entry
        return None

    def _of_title(self, known: PaperMetadata) -> Entry | None:
        title = folded(known.title)
        if not title:
            return None
        near = [title] if title in self._by_title else self._near(title)
        entries = (entry for match in near for entry in self._by_title[match])
        return next((entry for entry in entries if same_paper(known, entry.facts)), None)

    def _near(self, title: str) -> list[str]:
        """Return titles that differ in a letter or so, among those with one of its rarest words."""
        words = sorted(
            set(title.split()) & self._by_word.keys(), key=lambda w: len(self._by_word[w])
        )
        some = {other for word in words[:_RAREST] for other in self._by_word[word]}
        found = process.extract(title, sorted(some), scorer=fuzz.ratio, score_cutoff=CLOSE, limit=5)
        return [match for match, _, _ in found]


def _is_one(one: Entry, other: Entry) -> bool:
    """Tell whether two entries are of one work, such as in two exports of one collection."""
    return one is other or same_paper(one.facts, other.facts)


def _parts(file: str) -> tuple[str, ...]:
    parts = PurePosixPath(file.replace("\\", "/")).parts
    return tuple(part.casefold() for part in parts) or ("",)


def _shared_end(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(reversed(one), reversed(other), strict=False)
    return next((n for n, (a, b) in enumerate(pairs) if a != b), min(len(one), len(other)))


def _ids(facts: PaperMetadata) -> list[str]:
    key = f"key:{facts.citation_key.casefold()}" if facts.citation_key else None
    doi = f"doi:{facts.doi.casefold()}" if facts.doi else None
    arxiv = bare_arxiv_id(facts.arxiv_id) if facts.arxiv_id else arxiv_id_in(facts.doi)
    return [name for name in (key, doi, f"arxiv:{arxiv}" if arxiv else None) if name]


def _ids_of_name(stem: str) -> list[str]:
    """Return the ids that a file name is made of, as downloads from arXiv and journals are."""
    doi, arxiv = doi_in(stem.replace("_", "/", 1)), bare_arxiv_id(stem)
    return [name for name in (doi and f"doi:{doi}", arxiv and f"arxiv:{arxiv}") if name]


def _alike(one: PaperMetadata, other: PaperMetadata) -> bool:
    """Tell whether two titles may be of one paper; an unknown one may be."""
    if not one.title or not other.title:
        return True
    return fuzz.token_set_ratio(folded(one.title), folded(other.title)) >= _NOT_ALIKE
