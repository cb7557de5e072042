"""PaperIndex: an index of papers on disk. Read this first."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self

from langchain_core.documents import BaseDocumentCompressor, Document
from langchain_core.embeddings import Embeddings
from langchain_core.vectorstores import VectorStore

from r1agent_indexes.bibliography.filtering import no_paper_fits, without_year
from r1agent_indexes.build import add_papers, run_reporting
from r1agent_indexes.check import check_index
from r1agent_indexes.disk import disk_errors
from r1agent_indexes.embed import identity_of, load_embeddings
from r1agent_indexes.errors import IndexLockedError, PaperIndexError, PaperNotFoundError
from r1agent_indexes.folder import DATABASE, require_index
from r1agent_indexes.lock import writer_lock
from r1agent_indexes.manifest import IndexManifest
from r1agent_indexes.named import papers_named
from r1agent_indexes.opening import SameModel, create_index, require_same
from r1agent_indexes.search.results import Passages
from r1agent_indexes.search.retriever import PaperRetriever, SearchOptions, search_passages
from r1agent_indexes.store import Store
from r1agent_indexes.types import (
    AddProgress,
    AddReport,
    FailedPaper,
    IndexReport,
    Paper,
    PaperFilter,
)
from r1agent_indexes.vectors.external import ExternalVectors
from r1agent_indexes.vectors.faiss_index import FaissIndex
from r1agent_indexes.vectors.passage_store import PassageStore
from r1agent_indexes.vectors.protocol import VectorIndex
from r1agent_indexes.workers import Workers
from r1agent_indexes.writing import forget_failed, remove_paper

if TYPE_CHECKING:
    from r1agent_indexes.bibliography.registries import Registries
    from r1agent_indexes.showing.contents import Contents


class PaperIndex:
    """Papers, their pages and passages in one folder; get one with `PaperIndex.open`."""

    def __init__(
        self,
        path: Path,
        store: Store,
        embeddings: Embeddings,
        vectors: VectorIndex | None = None,
    ) -> None:
        """Store the parts; `open` checks that they belong together."""
        self.path = path
        self.store = store
        self.embeddings = embeddings
        self.vectors: VectorIndex = vectors or FaissIndex(path, store)
        self.same_model = SameModel(path, store, embeddings)

    @classmethod
    def open(
        cls,
        path: str | Path,
        *,
        embeddings: Embeddings | None = None,
        create: bool = False,
        vectors: VectorStore | None = None,
    ) -> Self:
        """Open the index in folder `path`.

        Args:
            path: The folder of the index.
            embeddings: The model it was, or will be, built with; default that of `vectors`, else
                `load_embeddings()`.
            create: Make the index if there is none.
            vectors: A langchain-core vector store to search in the place of FAISS. It is brought
                up to date here, unless another process is writing, and at every change.

        Raises:
            IndexNotFoundError: There is no index and `create` is not set.
            IndexMismatchError: It was built with another embedding model.
            IndexFormatError: It was made by another version, or is damaged.
            VectorStoreError: `vectors` cannot be reached, or has no `StoredEmbeddings`.
        """
        folder = Path(path).expanduser()
        model = embeddings or (vectors and vectors.embeddings) or load_embeddings()
        require_index(folder, create=create)
        if not (folder / DATABASE).is_file():
            with disk_errors(folder):
                folder.mkdir(parents=True, exist_ok=True)
            create_index(folder, identity_of(model))
        store = Store(folder)
        try:
            require_same(folder, store, identity_of(model))
        except PaperIndexError:
            store.close()
            raise
        if vectors is None:
            return cls(folder, store, model)
        return cls._with_external(folder, store, model, vectors)

    @classmethod
    def _with_external(
        cls, folder: Path, store: Store, model: Embeddings, vectors: VectorStore
    ) -> Self:
        try:
            index = cls(folder, store, model, ExternalVectors(folder, store, vectors))
            if not index.vectors.is_saved():
                with suppress(IndexLockedError), index.writing():
                    pass  # saved at its end
        except PaperIndexError:
            store.close()
            raise
        return index

    def add(
        self,
        paths: str | Path | Sequence[str | Path],
        *,
        on_progress: Callable[[AddProgress], None] | None = None,
        workers: Workers | None = None,
        registries: "Registries | None" = None,
    ) -> AddReport:
        """Bring the index up to date with files and folders of papers.

        New files are read, changed ones read again, moved ones followed; unchanged ones cost
        nothing. A file that cannot be read is listed with its reason and tried again next time.
        A near-duplicate is folded into the paper that it is like. Every paper is committed as soon
        as its last passage is embedded.

        Args:
            paths: Papers, and folders that are searched for papers; one, or several.
            on_progress: Hears at least twice a second how far the work is.
            workers: Who reads the files; default `LocalWorkers()`. They are closed at the end.
            registries: Where to look up title, authors, year, DOI and venue of the papers; default
                nowhere. What was answered is kept, and asked once.

        Raises:
            NoPapersError: There is nothing to index in `paths`.
            IndexLockedError: Another process is writing.
            DiskFullError: The disk is full; finished papers are safe.
        """
        tell = on_progress or (lambda _progress: None)
        self.same_model.require()
        with writer_lock(self.path):
            try:
                report = add_papers(
                    self.store,
                    self.embeddings,
                    paths,
                    tell,
                    workers=workers,
                    registries=registries,
                )
            except KeyboardInterrupt:
                self._save()  # so that a stopped build is a whole index of the papers read so far
                raise
            saving = AddProgress(0, 0, "", "saving")
            tell(saving)
            run_reporting(self._save, lambda: tell(saving))
            return replace(report, vectors=self.vectors.describe())

    def papers(self, where: PaperFilter | None = None) -> list[Paper]:
        """Return the papers that fit a filter, or all, by path.

        Raises:
            PaperNotFoundError: There is a filter and no paper fits it.
        """
        within = self._within(None, where)
        papers = self.store.papers()
        return papers if within is None else [paper for paper in papers if paper.id in within]

    def without_year(self, where: PaperFilter) -> int:
        """Count the papers that a filter leaves out only because their year is not known."""
        return without_year(self.store.briefs(), where)

    def failures(self) -> list[FailedPaper]:
        """Return the files that could not be read, with reasons."""
        return self.store.failures()

    def remove(self, which: str) -> list[Paper]:
        """Take out the papers with this file name, id (or its beginning), path or title.

        Near-duplicates that are folded into one of them leave with it and are returned too: they
        have no passages of their own. The next `add` of their files reads them.

        Raises:
            PaperNotFoundError: No paper is meant by `which`.
        """
        papers = papers_named(self.store, which)
        ids = {paper.id for paper in papers}
        folded = [one for one in self.papers() if one.same_as in ids and one.id not in ids]
        with self.writing():
            for paper in papers:
                remove_paper(self.store, paper.id)
        return papers + folded

    def forget(self, which: str) -> list[FailedPaper]:
        """Strike files of this name or path off `failures`; the next `add` of them tries again."""
        with writer_lock(self.path):
            return forget_failed(self.store, which)

    def check(self, *, repair: bool = False) -> IndexReport:
        """Compare every row with what it was derived from; `repair` derives it again.

        Raises:
            IndexLockedError: `repair` is set and another process is writing.
        """
        if not repair:
            return check_index(self.store, self.vectors, self._manifest_problem(), repair=None)
        with writer_lock(self.path):
            problem = self._manifest_problem()
            return check_index(self.store, self.vectors, problem, repair=self._save)

    def search(
        self,
        query: str,
        *,
        k: int = 8,
        papers: Collection[str] | None = None,
        where: PaperFilter | None = None,
        diversity: float = 0.0,
        reranker: BaseDocumentCompressor | None = None,
    ) -> Passages:
        """Return the best passages for a question by meaning and by words, best first.

        Args:
            query: A question or key words.
            k: How many passages, at most.
            papers: Search these only (ids or file names).
            where: Search the papers that fit this filter only.
            diversity: From 0 to 1: how much a passage loses by being like one before it.
            reranker: Puts the best passages in an order of its own; see `load_reranker`.

        Raises:
            PaperNotFoundError: One of `papers` is not there, or no paper fits `where`.
        """
        if not query.strip() or k < 1:
            return Passages()
        within = self._within(papers, where)
        self.same_model.require()
        embedding = self.embeddings.embed_query(query)
        options = SearchOptions(diversity, reranker)
        found = search_passages(
            self.store, self.vectors, query, embedding, k=k, papers=within, options=options
        )
        return Passages(found)

    def read_page(self, paper: str, page: int, *, hidden: bool = False) -> Document:
        """Return the whole text of a page, counted from 1.

        Its metadata says in `hidden` how many characters on it a reader cannot see (white, tiny,
        off the page, …). They are in no passage and in no text.

        Args:
            paper: File name, id, path or title.
            page: The page, from 1.
            hidden: Put what cannot be seen into the metadata, as `hidden_text`.

        Raises:
            PaperNotFoundError: There is no such paper or page.
        """
        found = papers_named(self.store, paper)[0]
        document = self.store.page(found.id, page, hidden=hidden)
        if document is None:
            raise PaperNotFoundError(
                f"Paper {found.id} ({found.file!r}) has no page {page}: its pages are 1 to "
                f"{found.pages}."
            )
        return document

    def get_passages(self, ids: Sequence[str]) -> list[Document]:
        """Return passages by id, in the order asked; unknown ids are left out."""
        found = self.store.passages_by_id(ids)
        return [found[id_] for id_ in ids if id_ in found]

    def as_retriever(
        self,
        *,
        k: int = 8,
        papers: Sequence[str] | None = None,
        where: PaperFilter | None = None,
        diversity: float = 0.0,
        reranker: BaseDocumentCompressor | None = None,
    ) -> PaperRetriever:
        """Return this index as a langchain-core retriever."""
        return PaperRetriever(
            index=self,
            k=k,
            papers=list(papers) if papers else None,
            where=where,
            diversity=diversity,
            reranker=reranker,
        )

    def as_vector_store(self) -> PassageStore:
        """Return this index as a langchain-core vector store for any documents."""
        return PassageStore(self)

    def manifest(self) -> IndexManifest:
        """Return what the index holds now."""
        return self._manifest(vectors_sha256="")

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the writer lock, and save what is derived at the end."""
        with writer_lock(self.path):
            yield
            self._save()

    def close(self) -> None:
        """Close the database."""
        if isinstance(self.vectors, ExternalVectors):
            self.vectors.close()
        self.store.close()

    def __enter__(self) -> Self:
        """Return the index itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the database."""
        self.close()

    def __repr__(self) -> str:
        """Name the folder."""
        return f"PaperIndex({str(self.path)!r})"

    def _repr_html_(self) -> str:
        return self._contents().html()

    def _repr_markdown_(self) -> str:
        return self._contents().markdown()

    def _contents(self) -> "Contents":
        """Return what a notebook shows; of a closed index, what its manifest tells."""
        from r1agent_indexes.showing.contents import Contents
        from r1agent_indexes.showing.lists import LISTED

        if self.store.is_closed:
            last = IndexManifest.read(self.path / "manifest.json")
            return Contents(self.path, last, is_closed=True)
        papers, failures = self.store.papers(most=LISTED), self.failures()
        return Contents(self.path, self.manifest(), papers, failures)

    def _save(self) -> None:
        """Write what is derived: the vectors first, the manifest that names them last."""
        derived = (self.vectors.is_saved(), self.store.words.is_saved(self.store))
        if self._manifest_problem() is None and all(derived):
            return
        for left_by_a_killed_writer in self.path.glob(".*.part"):
            left_by_a_killed_writer.unlink()
        self.store.words.save(self.store)
        manifest = self._manifest(vectors_sha256=self.vectors.save())
        manifest.write(self.path / "manifest.json")

    def _manifest(self, *, vectors_sha256: str) -> IndexManifest:
        return IndexManifest(
            format=int(self.store.meta("format") or 0),
            embedding_model=self.store.meta("embedding_model") or "",
            dimension=self.store.dimension(),
            papers=self.store.number("SELECT count(*) FROM papers"),
            pages=self.store.number("SELECT count(*) FROM pages"),
            chunks=self.store.number("SELECT count(*) FROM chunks"),
            revision=self.store.revision(),
            vectors_sha256=vectors_sha256,
        )

    def _manifest_problem(self) -> str | None:
        found = IndexManifest.read(self.path / "manifest.json")
        if found is None:
            return "`manifest.json` is missing or damaged"
        if found != self._manifest(vectors_sha256=found.vectors_sha256):
            return "`manifest.json` tells of an earlier state"
        return None

    def _within(self, papers: Collection[str] | None, where: PaperFilter | None) -> set[str] | None:
        """Return the ids of the papers to search, or None for all."""
        named = (paper for one in papers or () for paper in papers_named(self.store, one))
        within = None if papers is None else {paper.id for paper in named}
        fitting = self.store.matching(where)
        if where is None or fitting is None:
            return within
        both = fitting if within is None else within & fitting
        if not both:
            known = self.store.briefs()
            asked = [paper for paper in known if within is None or paper.id in within]
            raise PaperNotFoundError(no_paper_fits(asked, where))
        return both
