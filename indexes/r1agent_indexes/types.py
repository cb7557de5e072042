"""What an index tells its callers: papers, failures, progress and reports."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

Phase = Literal["looking", "reading", "loading model", "embedding", "saving", "done"]


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
    failed: list[FailedPaper] = field(default_factory=list)
    missing: list[Paper] = field(default_factory=list)
    """Papers indexed from a given folder whose file is gone; kept until removed."""
    ignored: int = 0
    """Files of another kind found in given folders."""
    seconds: float = 0.0


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

    @property
    def ok(self) -> bool:
        """Tell whether the index itself is sound; changed source files do not count."""
        return all(problem.repaired or problem.kind == "source" for problem in self.problems)
