"""Files between being looked at and being stored, and what is said about them meanwhile."""

from collections.abc import Collection
from dataclasses import dataclass

from r1agent_indexes.embedding_queue import WaitingPaper
from r1agent_indexes.reading.paper import ReadPaper
from r1agent_indexes.store import SourceFile, Vectors
from r1agent_indexes.types import AddProgress, Paper, Phase


@dataclass(slots=True)
class Reading:
    """A file that is being read."""

    source: SourceFile
    pages: int = 0
    """Pages read so far."""


@dataclass(slots=True)
class Unstored:
    """A paper that is read and not stored yet."""

    source: SourceFile
    paper: ReadPaper
    signature: bytes | None
    vectors: Vectors | None
    """The vectors of its passages where the worker has embedded them."""
    passages: WaitingPaper | None = None
    """Its passages on their way through the model; None while it waits for a near-duplicate."""
    takes_over: Paper | None = None
    """The near-duplicate in the index whose place it takes."""


def progress(
    number: int, of: int, files: Collection[Reading | Unstored], *, is_loading: bool
) -> AddProgress:
    """Return where the first file stands that does not wait for another one."""
    first = next((file for file in files if not _is_held(file)), next(iter(files)))
    name = first.source.path.name
    if isinstance(first, Reading):
        return AddProgress(number, of, name, "reading", pages=first.pages)
    passages, pages = first.passages, len(first.paper.pages)
    if passages is None:
        return AddProgress(number, of, name, "reading", pages=pages)
    phase: Phase = "loading model" if is_loading else "embedding"
    counts = pages, passages.done, len(passages.texts)
    return AddProgress(number, of, name, phase, *counts)


def _is_held(file: Reading | Unstored) -> bool:
    return isinstance(file, Unstored) and file.passages is None
