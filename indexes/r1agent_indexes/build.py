"""The add loop: paper by paper, each committed before the next is opened."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent_indexes.bibliography.front_page import paper_metadata
from r1agent_indexes.discover import FoundFiles, find_papers
from r1agent_indexes.embed import unit_rows
from r1agent_indexes.errors import UnreadablePaperError
from r1agent_indexes.reading.chunk import SentenceChunker, without_title_block
from r1agent_indexes.reading.pages import page_documents
from r1agent_indexes.reading.pdf import ParsedPaper, read_pdf
from r1agent_indexes.reading.pdf_process import PdfProcess
from r1agent_indexes.reading.text import read_text
from r1agent_indexes.store import SourceFile, Store, Vectors
from r1agent_indexes.types import AddProgress, AddReport, FailedPaper, Paper, Phase
from r1agent_indexes.vectors.faiss_index import file_sha256
from r1agent_indexes.writing import (
    add_paper,
    forget_failures,
    move_paper,
    record_failure,
    remove_paper,
)

_BATCH = 16
"""Passages embedded between two reports: less than a second on two slow cores."""
_EVERY = 0.5
"""Seconds between reports while something long runs."""

OnProgress = Callable[[AddProgress], None]
Result = TypeVar("Result")


def add_papers(
    store: Store,
    embeddings: Embeddings,
    paths: Sequence[str | Path],
    on_progress: OnProgress,
) -> AddReport:
    """Bring the index up to date with files and folders; the caller holds the writer lock.

    A file is known by its content. Papers whose files are gone are listed and kept, since a folder
    may only be unplugged; `PaperIndex.remove` takes them out.
    """
    started = time.monotonic()
    found = find_papers(paths)
    with PdfProcess() as process:
        builder = Builder(store, embeddings, process, on_progress, len(found.papers))
        for number, path in enumerate(found.papers, 1):
            builder.add(number, path)
    _forget_gone_failures(store, found)
    builder.tell("saving", done=0)
    return replace(
        builder.report,
        missing=[paper for paper in store.papers() if _is_missing(paper, found)],
        ignored=found.ignored.total(),
        seconds=round(time.monotonic() - started, 3),
    )


class Builder:
    """Take in one file after the other and keep the report."""

    def __init__(
        self,
        store: Store,
        embeddings: Embeddings,
        process: PdfProcess,
        on_progress: OnProgress,
        of: int,
    ) -> None:
        """Store the parts and look up what the index holds."""
        self._store, self._embeddings, self._process = store, embeddings, process
        self._on_progress = on_progress
        self._model_loaded = False
        self._progress = AddProgress(0, of, "", "looking")
        self.report = AddReport()
        known = store.sources()
        self._by_path = {source.path: (paper, source) for paper, source in known}
        self._by_content = {source.sha256: (paper, source) for paper, source in known}

    def add(self, number: int, path: Path) -> None:
        """Take in one file: read what is new, move what has moved, list what fails."""
        self._progress = AddProgress(number, self._progress.of, path.name, "looking")
        self.tell("looking")
        try:
            self._add(path)
        except (UnreadablePaperError, OSError) as error:
            reason = error.strerror if isinstance(error, OSError) else str(error)
            if reason is None or (isinstance(error, OSError) and not _concerns(error, path)):
                raise
            record_failure(self._store, path, reason)
            self.report.failed.append(FailedPaper(path, reason))

    def _add(self, path: Path) -> None:
        status = path.stat()
        before = self._by_path.get(path)
        if before and (before[1].size, before[1].mtime_ns) == (status.st_size, status.st_mtime_ns):
            self.report.unchanged.append(before[0])
            return
        source = SourceFile(path, file_sha256(path), status.st_size, status.st_mtime_ns)
        same = self._by_content.get(source.sha256)
        if same is not None:
            self._add_known(source, *same)
            return
        paper = self._read(source)
        self._remember(paper, source)
        (self.report.changed if before else self.report.added).append(paper)

    def _add_known(self, source: SourceFile, paper: Paper, at: SourceFile) -> None:
        """Take in a file whose content the index holds: the same file, a copy, or a moved one."""
        if at.path != source.path and at.path.exists() and file_sha256(at.path) == at.sha256:
            self.report.duplicates.append(source.path)
            replaced = self._by_path.pop(source.path, None)
            if replaced:
                remove_paper(self._store, replaced[0].id)
                self._by_content.pop(replaced[1].sha256)
            return
        move_paper(self._store, paper.id, source)
        moved = replace(paper, path=source.path)
        self._by_path.pop(at.path, None)
        self._remember(moved, source)
        same_place = at.path == source.path
        (self.report.unchanged if same_place else self.report.renamed).append(moved)

    def _remember(self, paper: Paper, source: SourceFile) -> None:
        replaced = self._by_path.get(source.path)
        if replaced:
            self._by_content.pop(replaced[1].sha256, None)
        self._by_path[source.path] = self._by_content[source.sha256] = (paper, source)

    def _read(self, source: SourceFile) -> Paper:
        self.tell("reading")
        parsed = self._parse(source.path)
        pages = page_documents(source.path, parsed.pages, parsed.labels)
        metadata = paper_metadata(source.path, parsed)
        passages = SentenceChunker().transform_documents(pages)
        passages = without_title_block(passages, metadata.title)
        vectors = self._embed(passages)
        paper = add_paper(self._store, source, metadata, pages, passages, vectors)
        return Paper(paper, source.sha256, source.path, metadata, len(pages), len(passages))

    def _parse(self, path: Path) -> ParsedPaper:
        if path.suffix.lower() != ".pdf":
            return read_text(path)
        return read_pdf(
            path, self._process, on_page=lambda pages: self.tell("reading", pages=pages)
        )

    def _embed(self, passages: Sequence[Document]) -> Vectors:
        """Return `(n, d)` float32 unit vectors, longest passages first so that little is padded."""
        if not self._model_loaded:
            self.tell("loading model")
            self._waiting(lambda: self._embeddings.embed_query("ready"))
            self._model_loaded = True
        texts = [embedded_text(passage) for passage in passages]
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]), reverse=True)
        vectors: list[list[float]] = [[]] * len(texts)
        for start in range(0, len(order), _BATCH):
            self.tell("embedding", done=start, passages=len(texts))
            batch = order[start : start + _BATCH]
            embed = partial(self._embeddings.embed_documents, [texts[at] for at in batch])
            found = self._waiting(embed)
            for at, vector in zip(batch, found, strict=True):
                vectors[at] = vector
        self.tell("embedding", done=len(texts), passages=len(texts))
        if not texts:
            return np.zeros((0, self._store.dimension()), dtype=np.float32)
        return unit_rows(np.asarray(vectors, dtype=np.float32))

    def _waiting(self, work: Callable[[], Result]) -> Result:
        """Run something long and go on reporting meanwhile."""
        return run_reporting(work, lambda: self._on_progress(self._progress))

    def tell(
        self,
        phase: Phase,
        *,
        pages: int | None = None,
        done: int | None = None,
        passages: int | None = None,
    ) -> None:
        """Report where the work stands; what is left out stays as it was."""
        now = self._progress
        self._progress = replace(
            now,
            phase=phase,
            pages=now.pages if pages is None else pages,
            done=now.done if done is None else done,
            passages=now.passages if passages is None else passages,
        )
        self._on_progress(self._progress)


def embedded_text(passage: Document) -> str:
    """Return what of a passage is embedded."""
    return passage.page_content


def run_reporting(work: Callable[[], Result], report: Callable[[], None]) -> Result:
    """Run `work` in a thread and call `report` twice a second until it is done."""
    pool = ThreadPoolExecutor(max_workers=1)
    try:
        future = pool.submit(work)
        while True:
            try:
                return future.result(timeout=_EVERY)
            except NotYet:
                if future.done():
                    raise
                report()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _concerns(error: OSError, path: Path) -> bool:
    """Tell whether an error is about the paper, not about the disk of the index."""
    return error.filename is not None and Path(str(error.filename)) == path


def _is_missing(paper: Paper, found: FoundFiles) -> bool:
    inside = any(paper.path.is_relative_to(folder) for folder in found.folders)
    return inside and not paper.path.exists()


def _forget_gone_failures(store: Store, found: FoundFiles) -> None:
    gone = [failure.path for failure in store.failures() if not failure.path.exists()]
    inside = [path for path in gone if any(path.is_relative_to(one) for one in found.folders)]
    if inside:
        forget_failures(store, inside)
