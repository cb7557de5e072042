"""The add loop: many files read ahead, passages of several embedded at once, papers stored singly.

A paper is stored in one transaction as soon as its last vector is there. What a killed build loses
is what was read and not yet stored: at most some seconds of work, and never a stored paper.
"""

import time
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Collection, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from concurrent.futures import TimeoutError as NotYet
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from r1agent_indexes.bibliography.known import describe_papers
from r1agent_indexes.discover import FoundFiles, find_papers
from r1agent_indexes.duplicates import Signatures, is_better, may_be_one
from r1agent_indexes.embedding_queue import EmbeddingQueue, WaitingPaper
from r1agent_indexes.in_hand import Reading, Unstored, progress
from r1agent_indexes.known_files import KnownFiles
from r1agent_indexes.store import SourceFile, Store
from r1agent_indexes.types import AddProgress, AddReport, FailedPaper, Paper
from r1agent_indexes.vectors.saved_file import file_sha256
from r1agent_indexes.workers import LocalWorkers, ReadResult, Workers
from r1agent_indexes.writing import (
    add_paper,
    forget_failures,
    move_paper,
    record_failure,
    remove_paper,
)

if TYPE_CHECKING:
    from r1agent_indexes.bibliography.registries import Registries

_EVERY = 0.5
"""Seconds between reports while something long runs."""

OnProgress = Callable[[AddProgress], None]
Result = TypeVar("Result")


def add_papers(
    store: Store,
    embeddings: Embeddings,
    paths: str | Path | Sequence[str | Path],
    on_progress: OnProgress,
    *,
    workers: Workers | None = None,
    registries: "Registries | None" = None,
) -> AddReport:
    """Bring the index up to date with files and folders; the caller holds the writer lock.

    A file is known by its content. Papers whose files are gone are listed and kept, since a folder
    may only be unplugged; `PaperIndex.remove` takes them out.
    """
    started = time.monotonic()
    found = find_papers(paths)
    with (
        closing(workers or LocalWorkers()) as reading,
        closing(EmbeddingQueue(embeddings)) as queue,
    ):
        builder = Builder(store, reading, queue, on_progress)
        builder.add(found.papers)
    _forget_gone_failures(store, found)
    report = replace(
        builder.report,
        missing=[paper for paper in store.papers() if _is_missing(paper, found)],
        ignored=found.ignored.total(),
        skipped=found.skipped,
    )
    report = describe_papers(store, report, found, registries=registries, on_progress=on_progress)
    return replace(report, seconds=round(time.monotonic() - started, 3))


class Builder:
    """Take in files and keep the report; all but reading and embedding happens in one thread."""

    def __init__(
        self, store: Store, workers: Workers, queue: EmbeddingQueue, on_progress: OnProgress
    ) -> None:
        """Store the parts and look up what the index holds."""
        self._store, self._workers, self._queue = store, workers, queue
        self._on_progress = on_progress
        self._known, self._signatures = KnownFiles(store), Signatures(store)
        self._of = 0
        self._todo: OrderedDict[Path, None] = OrderedDict()
        self._in_hand: OrderedDict[str, Reading | Unstored] = OrderedDict()
        self._reads: dict[Future[ReadResult], Reading] = {}
        self._held: defaultdict[str, list[Path | Unstored]] = defaultdict(list)
        self.report = AddReport()

    def add(self, paths: Collection[Path]) -> None:
        """Take in files: read what is new, move what has moved, list what fails."""
        self._of = len(paths)
        self._todo.update(dict.fromkeys(paths))
        while self._todo or self._in_hand:
            while self._todo and self._has_room():
                self._look_at(self._todo.popitem(last=False)[0])
                self._take_what_is_done(patience=0)
            self._take_what_is_done(patience=_EVERY)
        for papers in (self.report.added, self.report.changed, self.report.folded):
            papers.sort(key=lambda paper: paper.path)

    def _has_room(self) -> bool:
        return len(self._reads) < self._workers.ahead and not self._queue.is_full

    def _take_what_is_done(self, *, patience: float) -> None:
        jobs = self._queue.start()
        running: list[Future[Any]] = [*self._reads, *jobs]
        if not running:
            return
        self._tell()
        wait(running, timeout=patience, return_when=FIRST_COMPLETED)
        for job in [job for job in jobs if job.done()]:
            for passages in self._queue.take(job):
                self._store_paper(self._unstored(passages.name))
        for read in [read for read in self._reads if read.done()]:
            self._take_read(self._reads.pop(read), read.result())

    def _look_at(self, path: Path) -> None:
        """Settle a file at once if the index holds its content; otherwise begin to read it."""
        self._tell(looking=path)
        try:
            source = self._source(path)
        except OSError as error:
            if error.strerror is None or Path(str(error.filename)) != path:
                raise
            self._fail(path, error.strerror)
            return
        if source is None:
            return
        if source.sha256 in self._in_hand:
            self._held[source.sha256].append(path)
        elif not self._settle_known(source):
            self._begin(source)

    def _source(self, path: Path) -> SourceFile | None:
        """Return the state of a file, None if it is as it was when it was read."""
        status = path.stat()
        before = self._known.at(path)
        if before and (before[1].size, before[1].mtime_ns) == (status.st_size, status.st_mtime_ns):
            self.report.unchanged.append(before[0])
            return None
        return SourceFile(path, file_sha256(path), status.st_size, status.st_mtime_ns)

    def _settle_known(self, source: SourceFile) -> bool:
        """Take in a file whose content the index holds: the same file, a copy, or a moved one."""
        known = self._known.with_content(source.sha256)
        if known is None:
            return False
        paper, at = known
        replaced = self._known.at(source.path)
        if at.path != source.path and at.path.exists() and file_sha256(at.path) == at.sha256:
            self.report.duplicates.append(source.path)
            if replaced:
                remove_paper(self._store, replaced[0].id)
                self._let_go(replaced[0])
            return True
        if replaced and replaced[0].id == paper.same_as:
            return False  # it leaves with the paper that it is folded into, so it is read again
        move_paper(self._store, paper.id, source)
        if replaced and replaced[0].id != paper.id:
            self._let_go(replaced[0])
        moved = replace(paper, path=source.path)
        self._known.remember(moved, source)
        same_place = at.path == source.path
        (self.report.unchanged if same_place else self.report.renamed).append(moved)
        return True

    def _begin(self, source: SourceFile) -> None:
        reading = Reading(source)

        def on_page(pages: int) -> None:
            reading.pages = pages

        self._in_hand[source.sha256] = reading
        self._reads[self._workers.read(source.path, on_page=on_page)] = reading

    def _take_read(self, reading: Reading, read: ReadResult) -> None:
        """Decide what becomes of a file that was read."""
        source = reading.source
        if read.paper is None:
            self._fail(source.path, read.reason)
            self._settle(source)
            return
        unstored = Unstored(source, read.paper, read.signature, read.vectors)
        self._in_hand[source.sha256] = unstored
        self._fold_or_embed(unstored)

    def _fold_or_embed(self, new: Unstored) -> None:
        """Fold a near-duplicate into the paper it is like, embed any other paper."""
        like = self._like(new)
        if isinstance(like, Unstored):
            self._held[like.source.sha256].append(new)
            return
        if like and not is_better(new.paper.metadata, like.metadata):
            self._store_folded(new, like)
            return
        new.takes_over = like
        self._signatures.add(new.source.sha256, new.signature)
        self._embed(new)

    def _like(self, new: Unstored) -> Paper | Unstored | None:
        """Return the paper, stored or not yet, that this one is a version of."""
        before = self._known.at(new.source.path)
        for name in self._signatures.alike(new.signature):
            other = self._in_hand.get(name)
            if isinstance(other, Unstored):
                if may_be_one(new.paper.metadata, other.paper.metadata):
                    return other
                continue
            kept = self._known.paper(name)
            is_itself = before is not None and before[0].id == name
            if kept and not is_itself and may_be_one(new.paper.metadata, kept.metadata):
                return kept
        return None

    def _embed(self, new: Unstored) -> None:
        texts = [embedded_text(passage) for passage in new.paper.passages]
        passages = new.passages = WaitingPaper(new.source.sha256, texts)
        if new.vectors is not None:
            passages.put(range(len(texts)), new.vectors)
        elif before := self._known.at(new.source.path):
            self._reuse(before[0], passages)
        if not passages.missing:
            self._store_paper(new)
            return
        self._tell()  # before the first job, which loads the model
        self._queue.put(passages)

    def _reuse(self, before: Paper, passages: WaitingPaper) -> None:
        """Take the vectors of the passages that an earlier version of the file had too."""
        found = self._store.passages(self._store.keys_of([before.id]))
        key_of = {embedded_text(passage): key for key, passage in found.items()}
        same = [at for at, text in enumerate(passages.texts) if text in key_of]
        passages.put(same, self._store.embeddings_of([key_of[passages.texts[at]] for at in same]))

    def _unstored(self, sha256: str) -> Unstored:
        found = self._in_hand[sha256]
        assert isinstance(found, Unstored)  # noqa: S101  (only what is read is embedded)
        return found

    def _store_paper(self, new: Unstored) -> None:
        before = self._known.at(new.source.path)
        stored = self._put(new, new.paper.passages, takes_over=new.takes_over)
        self._signatures.remove(new.source.sha256)
        self._signatures.add(stored.id, new.signature)
        if new.takes_over and self._known.paper(new.takes_over.id):
            self._take_over(new.takes_over, stored)
        (self.report.changed if before else self.report.added).append(stored)
        self._settle(new.source)

    def _store_folded(self, new: Unstored, kept: Paper) -> None:
        self.report.folded.append(self._put(new, [], same_as=kept.id))
        self._settle(new.source)

    def _put(
        self,
        new: Unstored,
        passages: Sequence[Document],
        *,
        same_as: str | None = None,
        takes_over: Paper | None = None,
    ) -> Paper:
        """Store a paper in place of what its file held before, in one transaction."""
        before = self._known.at(new.source.path)
        metadata, pages = new.paper.metadata, new.paper.pages
        dimension = self._store.dimension()
        none = np.zeros((0, dimension), dtype=np.float32)
        paper = add_paper(
            self._store,
            new.source,
            metadata,
            pages,
            passages,
            new.passages.vectors(dimension) if new.passages else none,
            signature=new.signature,
            same_as=same_as,
            takes_over=takes_over.id if takes_over else None,
        )
        if before:
            self._let_go(before[0])
        hidden = sum(len(page.metadata["hidden_text"]) for page in pages)
        counts = len(pages), len(passages)
        stored = Paper(
            *(paper, new.source.sha256, new.source.path, metadata),
            *(*counts, hidden, same_as),
        )
        self._known.remember(stored, new.source)
        return stored

    def _take_over(self, old: Paper, by: Paper) -> None:
        """Note that a paper, and those folded into it, are folded into a better one now."""
        self._signatures.remove(old.id)
        report = self.report
        for papers in (report.added, report.changed, report.renamed, report.unchanged):
            papers[:] = [paper for paper in papers if paper.id != old.id]
        own = self._known.with_content(old.sha256)
        for paper, source in [*([own] if own else []), *self._known.folded_into(old.id)]:
            folded = replace(paper, same_as=by.id, chunks=0)
            self._known.remember(folded, source)
            if paper.id == old.id:
                report.folded.append(folded)

    def _let_go(self, gone: Paper) -> None:
        """Forget a paper that has left; those folded into it left with it and are read again."""
        self._signatures.remove(gone.id)
        for paper, source in self._known.folded_into(gone.id):
            self._known.forget(paper.id)
            self._todo[source.path] = None
        self._known.forget(gone.id)

    def _settle(self, source: SourceFile) -> None:
        """Take up what has waited for a file to be stored or given up."""
        del self._in_hand[source.sha256]
        for held in self._held.pop(source.sha256, []):
            if isinstance(held, Unstored):
                self._fold_or_embed(held)
            else:
                self._todo[held] = None

    def _fail(self, path: Path, reason: str) -> None:
        record_failure(self._store, path, reason)
        self.report.failed.append(FailedPaper(path, reason))

    def _tell(self, *, looking: Path | None = None) -> None:
        """Report where the work stands: the file looked at, or the first one in hand."""
        finished = max(0, self._of - len(self._todo) - len(self._in_hand))
        if looking:
            self._on_progress(AddProgress(max(1, finished), self._of, looking.name, "looking"))
            return
        number = min(finished + 1, self._of)
        is_loading = self._queue.is_loading
        self._on_progress(progress(number, self._of, self._in_hand.values(), is_loading=is_loading))


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


def _is_missing(paper: Paper, found: FoundFiles) -> bool:
    inside = any(paper.path.is_relative_to(folder) for folder in found.folders)
    return inside and not paper.path.exists()


def _forget_gone_failures(store: Store, found: FoundFiles) -> None:
    gone = [failure.path for failure in store.failures() if not failure.path.exists()]
    inside = [path for path in gone if any(path.is_relative_to(one) for one in found.folders)]
    if inside:
        forget_failures(store, inside)
