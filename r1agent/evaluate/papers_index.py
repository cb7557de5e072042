"""The index of a task's papers, built once and kept in the cache."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from r1agent.evaluate.digests import files_digest
from r1agent.evaluate.progress import Watch
from r1agent.index_models import embeddings_of
from r1agent.settings import Settings
from r1agent_indexes import AddProgress, PaperIndex
from r1agent_indexes.embed import identity_of
from r1agent_indexes.schema import FORMAT

_FOLDER = "eval"


@dataclass(frozen=True, slots=True)
class IndexedPapers:
    """Where the index is, and which papers are not in it."""

    path: Path
    notes: tuple[str, ...] = ()


def index_of(papers: Path, settings: Settings, watch: Watch) -> IndexedPapers:
    """Return an index of a folder of papers, which is built where the cache has none.

    It stands in the cache under the content of the papers and the embedding model, so that another
    folder, or another model, gets another one. A build that was stopped goes on.

    Args:
        papers: The folder.
        settings: They name the embedding model and the cache.
        watch: Hears how far the reading is.

    Raises:
        PaperIndexError: There is no paper, or another process builds the same index.
    """
    watch.loading("looking at the papers", None)
    embeddings = embeddings_of(settings)
    key = f"{files_digest(papers)} {FORMAT} {identity_of(embeddings)}"
    path = settings.cache_dir / _FOLDER / hashlib.sha256(key.encode()).hexdigest()[:16]
    with PaperIndex.open(path, embeddings=embeddings, create=True) as index:
        report = index.add([papers], on_progress=lambda step: watch.loading(*_words(step)))
    return IndexedPapers(
        path, tuple(f"Not read: {one.file}: {one.reason}" for one in report.failed)
    )


def _words(step: AddProgress) -> tuple[str, float | None, str]:
    """Put a moment of reading into words: what, how far, and the detail beside it."""
    if not step.paper:
        return f"{step.phase} the papers", None, ""
    return f"reading the papers, {step.of}", (step.paper - 1) / step.of, f"{step.file} {step.phase}"
