"""What an index tells its callers: papers, filters, failures, progress and reports."""

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from r1agent_indexes.errors import PaperIndexError

Phase = Literal["looking", "reading", "loading model", "embedding", "describing", "saving", "done"]


@dataclass(frozen=True, slots=True)
class PaperMetadata:
    """Bibliographic facts about one paper; what is not certain is None or empty."""

    title: str
    authors: tuple[str, ...] = ()
    year: int | None = None
    doi: str | None = None
    arxiv_id: str | None = None
    venue: str | None = None
    """Journal, proceedings or server, as an export beside the paper or a registry names it."""
    citation_key: str | None = None
    """The paper's key in the BibTeX file beside it."""
    tags: tuple[str, ...] = ()
    """Key words that the user gave it in her reference manager."""


Years = tuple[int | None, int | None]
"""First and last year, both included; None leaves that end open."""


@dataclass(frozen=True, slots=True)
class PaperFilter:
    """Which papers to search: those that fit one value of every kind that is given."""

    years: Years = (None, None)
    """A paper whose year is not known fits no range."""
    authors: tuple[str, ...] = ()
    """Family names or whole names, without regard to case and accents."""
    files: tuple[str, ...] = ()
    """File names or patterns such as `2023-*.pdf`; with a slash, ends of paths."""
    tags: tuple[str, ...] = ()
    """Whole key words, without regard to case."""
    papers: tuple[str, ...] = ()
    """Ids, file names or titles."""

    @property
    def is_empty(self) -> bool:
        """Tell whether every paper fits."""
        return self == PaperFilter()

    @staticmethod
    def parse_years(text: str) -> Years:
        """Read `2020`, `2019-2021`, `2019-` or `-2021`.

        Raises:
            PaperIndexError: It is none of these.
        """
        single = re.fullmatch(r"(\d{4})", text.strip())
        match = re.fullmatch(r"(\d{4})?\s*[-\u2013]\s*(\d{4})?", text.strip())
        if single:
            return int(single[1]), int(single[1])
        if not match or not any(match.groups()):
            raise PaperIndexError(
                f"{text!r} is no range of years. Give `2020`, `2019-2021`, `2019-` or `-2021`."
            )
        first, last = (int(year) if year else None for year in match.groups())
        if first and last and first > last:
            raise PaperIndexError(f"The years {text!r} end before they begin. Turn them round.")
        return first, last

    def __str__(self) -> str:
        """Return the filter in words, as `year 2019-2021, author 'Hinton'`."""
        parts = []
        if self.years != (None, None):
            first, last = self.years
            span = str(first) if first == last else f"{first or ''}-{last or ''}"
            parts.append(f"year {span}")
        for kind in ("authors", "files", "tags", "papers"):
            values = " or ".join(repr(value) for value in getattr(self, kind))
            parts += [f"{kind.removesuffix('s')} {values}"] if values else []
        return ", ".join(parts)


@dataclass(frozen=True, slots=True)
class Paper:
    """One paper of an index."""

    id: str
    """Short prefix of `sha256`, at least six digits, unique in the index."""
    sha256: str
    path: Path
    metadata: PaperMetadata
    pages: int
    chunks: int
    hidden: int = 0
    """Characters on its pages that a reader cannot see; they are in no passage."""
    same_as: str | None = None
    """Id of the paper that this near-duplicate is folded into; it has no passages of its own."""

    @property
    def file(self) -> str:
        """Return the file name."""
        return self.path.name

    @property
    def title(self) -> str:
        """Return the title, which is the file name without its ending where none is known."""
        return self.metadata.title


@dataclass(frozen=True, slots=True)
class FailedPaper:
    """One file that could not be read; the next `add` of it tries again."""

    path: Path
    reason: str

    @property
    def file(self) -> str:
        """Return the file name."""
        return self.path.name


@dataclass(frozen=True, slots=True)
class SkippedEntry:
    """An entry of an export given to `add` that leads to no paper."""

    export: Path
    entry: str
    """Its citation key, else its title."""
    reason: str


@dataclass(frozen=True, slots=True)
class AddProgress:
    """A moment of `PaperIndex.add`, reported at least once a second."""

    paper: int
    """Number of the file in hand, from 1; 0 before the first."""
    of: int
    file: str
    phase: Phase
    pages: int = 0
    """Pages read of the file in hand."""
    done: int = 0
    """Passages embedded of the file in hand."""
    passages: int = 0
    """Passages of the file in hand."""


@dataclass(frozen=True, slots=True)
class AddReport:
    """What `PaperIndex.add` did with each file."""

    added: list[Paper] = field(default_factory=list)
    unchanged: list[Paper] = field(default_factory=list)
    changed: list[Paper] = field(default_factory=list)
    renamed: list[Paper] = field(default_factory=list)
    duplicates: list[Path] = field(default_factory=list)
    """Files whose content another file of the index has, byte for byte."""
    folded: list[Paper] = field(default_factory=list)
    """Near-duplicates of a paper of the index, which `same_as` names; search finds that one."""
    failed: list[FailedPaper] = field(default_factory=list)
    missing: list[Paper] = field(default_factory=list)
    """Papers indexed from a given folder whose file is gone; kept until removed."""
    ignored: int = 0
    """Files of another kind found in given folders."""
    described: int = 0
    """Papers of which an export or a registry states what their files do not."""
    failed_exports: list[FailedPaper] = field(default_factory=list)
    """Exports beside the papers that could not be read, in part or at all."""
    skipped: list[SkippedEntry] = field(default_factory=list)
    """Entries of the given exports that name no paper that is there."""
    not_looked_up: str = ""
    """Why registries were not asked about some papers, where they should have been."""
    seconds: float = 0.0
    vectors: str = ""
    """How the embeddings are held for search, and why so."""

    def _repr_html_(self) -> str:
        """Render in a notebook."""
        from r1agent_indexes.showing.added import added_to_html

        return added_to_html(self)

    def _repr_markdown_(self) -> str:
        """Render where Markdown is understood."""
        from r1agent_indexes.showing.added import added_to_markdown

        return added_to_markdown(self)


@dataclass(frozen=True, slots=True)
class IndexProblem:
    """One thing that `PaperIndex.check` found."""

    kind: Literal["database", "vectors", "manifest", "keywords", "span", "orphan", "source"]
    text: str
    repaired: bool = False


@dataclass(frozen=True, slots=True)
class IndexReport:
    """The state of an index."""

    papers: int
    pages: int
    chunks: int
    problems: list[IndexProblem] = field(default_factory=list)
    vectors: str = ""
    """How the embeddings are held for search, and why so."""

    @property
    def ok(self) -> bool:
        """Tell whether the index itself is sound; changed source files do not count."""
        return all(problem.repaired or problem.kind == "source" for problem in self.problems)
