"""papers.sqlite, the source of truth: papers, pages, passages, keywords, embeddings.

The text of a passage is not stored: it is cut from its page by `start` and `end`, so a passage
cannot say anything else than its page does. `digest` tells whether that has changed since.
"""

import hashlib
import json
import sqlite3
import threading
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.documents import Document
from numpy.typing import NDArray

from r1agent_indexes.bibliography.filtering import PaperBrief, fitting
from r1agent_indexes.disk import disk_errors
from r1agent_indexes.errors import PaperIndexError
from r1agent_indexes.schema import SCHEMA
from r1agent_indexes.search.keyword import keyword_query, keyword_text
from r1agent_indexes.search.word_index import WordIndex
from r1agent_indexes.types import FailedPaper, Paper, PaperFilter, PaperMetadata

_PASSAGE = """
    SELECT c.key, c.id, c.paper, c.page, c."start", c."end", c.section, c.metadata,
        coalesce(c.text, substr(g.text, c."start" + 1, c."end" - c."start")) AS text,
        g.label, p.path, p.title, p.authors, p.year, p.doi, p.venue, p.citation_key
    FROM chunks c LEFT JOIN papers p ON p.id = c.paper
    LEFT JOIN pages g ON g.paper = c.paper AND g.page = c.page
"""
_PASSAGES_BY_KEY = _PASSAGE + "WHERE c.key IN (SELECT value FROM json_each(?))"  # noqa: S608
_PASSAGES_BY_ID = _PASSAGE + "WHERE c.id IN (SELECT value FROM json_each(?))"  # noqa: S608
_VECTORS = "SELECT key, embedding FROM chunks "
_VECTORS_AT = _VECTORS + "WHERE key IN (SELECT value FROM json_each(?)) ORDER BY key"  # noqa: S608
_CACHE_KIB = 65_536
"""Memory for pages of the database; with 2 MB, SQLite's own, a search took three times as long."""
_FIELD_WEIGHTS = "1.0, 0.5, 2.0"
"""Of text, section and title; picked on the training questions of SciFact."""
_MAPPED = 2**31 - 2**16
"""Bytes of the database that are read through the page cache of the system: no copy, no call."""
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file on disk as the index knows it."""

    path: Path
    sha256: str
    size: int
    mtime_ns: int


@dataclass(frozen=True, slots=True)
class OwnedVectors:
    """Passages of papers with their `(n, d)` float32 embeddings, read at once."""

    keys: list[int]
    papers: list[str]
    vectors: Vectors


class Store:
    """The tables of one index, safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the database of `folder`."""
        self._folder = folder
        self.is_closed = False
        self.words = WordIndex(folder)
        self._lock = threading.RLock()
        self._matched: tuple[tuple[int, PaperFilter], set[str]] = (-1, PaperFilter()), set()
        """The last filter asked for, at which revision, and what fitted it."""
        with disk_errors(folder):
            self._db = sqlite3.connect(
                folder / "papers.sqlite", isolation_level=None, check_same_thread=False, timeout=30
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")
            self._db.execute(f"PRAGMA mmap_size = {_MAPPED}")
            self._db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")

    @staticmethod
    def create(folder: Path, meta: Mapping[str, str]) -> None:
        """Make an empty database, under another name first so that no half is ever found."""
        part = folder / ".papers.sqlite.part"
        with disk_errors(folder):
            part.unlink(missing_ok=True)
            with closing(sqlite3.connect(part, isolation_level=None)) as db:
                db.executescript(SCHEMA)
                for name, value in meta.items():
                    set_meta(db, name, value)
            part.replace(folder / "papers.sqlite")

    def close(self) -> None:
        """Close the database."""
        with self._lock:
            self.is_closed = True
            self._db.close()

    def rows(
        self, query: str, values: Sequence[object] | Mapping[str, object] = ()
    ) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock, disk_errors(self._folder):
            if self.is_closed:
                where = repr(str(self._folder))
                raise PaperIndexError(f"The index in {where} was closed. Open it again.")
            return self._db.execute(query, values).fetchall()

    def number(self, query: str, values: Sequence[object] = ()) -> int:
        """Return the one number that a query asks for, 0 where there is none."""
        return int(self.rows(query, values)[0][0] or 0)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Write all or nothing, and count one more revision."""
        with self._lock, disk_errors(self._folder):
            self._db.execute("BEGIN IMMEDIATE")
            try:
                yield self._db
                set_meta(self._db, "revision", str(self.revision() + 1))
                self._db.execute("COMMIT")
            finally:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")

    def meta(self, name: str) -> str | None:
        """Return one fact about the index."""
        found = self.rows("SELECT value FROM meta WHERE name = ?", (name,))
        return str(found[0][0]) if found else None

    def revision(self) -> int:
        """Return how often the index was written."""
        return int(self.meta("revision") or 0)

    def dimension(self) -> int:
        """Return the length of an embedding, 0 before the first."""
        return int(self.meta("dimension") or 0)

    def papers(self, *, most: int = -1) -> list[Paper]:
        """Return all papers by path, or the first `most` of them."""
        found = self.rows(_PAPERS + " ORDER BY p.path LIMIT ?", (most,))
        return [_paper(row) for row in found]

    def papers_with(self, ids: Collection[str]) -> list[Paper]:
        """Return papers by id; those that are not there are left out."""
        return [_paper(row) for row in self.rows(_PAPERS_WITH, _json(ids))]

    def failures(self) -> list[FailedPaper]:
        """Return the files that could not be read."""
        found = self.rows("SELECT path, reason FROM failures ORDER BY path")
        return [FailedPaper(Path(row["path"]), row["reason"]) for row in found]

    def sources(self) -> list[tuple[Paper, SourceFile]]:
        """Return all papers with the state of their files when they were read."""
        return [(_paper(row), _source(row)) for row in self.rows(_PAPERS)]

    def briefs(self) -> list[PaperBrief]:
        """Return all papers by path, quicker than `papers` does."""
        found = self.rows("SELECT * FROM papers ORDER BY path")
        return [
            PaperBrief(row["id"], Path(row["path"]), _facts(row), row["same_as"] or row["id"])
            for row in found
        ]

    def matching(self, where: PaperFilter | None) -> set[str] | None:
        """Return the ids of the papers that fit a filter, or None where all do.

        A near-duplicate that fits stands for the paper that it is folded into.
        """
        if where is None or where.is_empty:
            return None
        revision, at, found = self.revision(), *self._matched
        if at != (revision, where):
            found = {paper.shown for paper in fitting(self.briefs(), where)}
            self._matched = (revision, where), found
        return set(found)

    def signatures(self) -> list[tuple[str, bytes]]:
        """Return id and MinHash of every paper that stands for itself and has one."""
        found = self.rows(
            "SELECT id, signature FROM papers WHERE signature NOT NULL AND same_as IS NULL"
        )
        return [(row["id"], row["signature"]) for row in found]

    def page(self, paper: str, page: int, *, hidden: bool = False) -> Document | None:
        """Return the whole text of a page; what cannot be seen on it only if `hidden` is set."""
        found = self.rows(
            "SELECT g.*, p.path, p.title, p.authors, p.year, p.doi, p.venue, p.citation_key"
            " FROM pages g JOIN papers p ON p.id = g.paper WHERE g.paper = ? AND g.page = ?",
            (paper, page),
        )
        if not found:
            return None
        row = found[0]
        span = {"start": 0, "end": len(row["text"]), "section": None, "hidden": len(row["hidden"])}
        return _document(
            f"{paper}:p{page}", row, span | ({"hidden_text": row["hidden"]} if hidden else {})
        )

    def passages(self, keys: Sequence[int]) -> dict[int, Document]:
        """Return passages by key; keys that are gone are left out."""
        found = self.rows(_PASSAGES_BY_KEY, _json(keys))
        return {row["key"]: _passage(row) for row in found}

    def passages_by_id(self, ids: Sequence[str]) -> dict[str, Document]:
        """Return passages by id; ids that are not there are left out."""
        found = self.rows(_PASSAGES_BY_ID, _json(ids))
        return {row["id"]: _passage(row) for row in found}

    def keys_of(self, papers: Collection[str]) -> list[int]:
        """Return the keys of all passages of some papers."""
        found = self.rows(
            "SELECT key FROM chunks WHERE paper IN (SELECT value FROM json_each(?))", _json(papers)
        )
        return [row[0] for row in found]

    def keys_after(self, key: int, *, most: int) -> list[int]:
        """Return the keys of the passages that were added next after `key`, in order."""
        query = "SELECT key FROM chunks WHERE key > ? ORDER BY key LIMIT ?"
        return [row[0] for row in self.rows(query, (key, most))]

    def search_keywords(
        self, question: str, *, k: int, papers: Collection[str] | None = None
    ) -> list[tuple[int, float]]:
        """Return keys and BM25 scores, higher is better, of the best passages of papers."""
        quick = self.words.search(question, k=k, papers=papers, revision=self.revision())
        return self._search_fts(question, k, papers) if quick is None else quick

    def _search_fts(
        self, question: str, k: int, papers: Collection[str] | None
    ) -> list[tuple[int, float]]:
        match = keyword_query(question)
        if not match:
            return []
        within = "" if papers is None else "AND c.paper IN (SELECT value FROM json_each(:papers))"
        join = f"JOIN chunks c ON c.key = keywords.rowid AND c.paper IS NOT NULL {within}"
        has_loose = self.rows("SELECT 1 FROM chunks WHERE paper IS NULL LIMIT 1")
        only = join if has_loose or papers is not None else ""
        found = self.rows(
            f"SELECT keywords.rowid, -rank FROM keywords {only}"  # noqa: S608
            f" WHERE keywords MATCH :match AND rank MATCH 'bm25({_FIELD_WEIGHTS})'"
            " ORDER BY rank LIMIT :k",
            {"match": match, "papers": json.dumps(sorted(papers or ())), "k": k},
        )
        return [(row[0], row[1]) for row in found]

    def owners_of(self, keys: Sequence[int]) -> list[tuple[int, str]]:
        """Return key and paper of those passages that are of a paper, by key."""
        found = self.owned(keys)
        return list(zip(found.keys, found.papers, strict=True))

    def owned(self, keys: Sequence[int]) -> OwnedVectors:
        """Return those of these passages that are of a paper, by key."""
        found = self.rows(
            "SELECT key, paper, embedding FROM chunks"
            " WHERE key IN (SELECT value FROM json_each(?)) AND paper IS NOT NULL ORDER BY key",
            _json(keys),
        )
        matrix = self._matrix([row[2] for row in found])
        return OwnedVectors([row[0] for row in found], [row[1] for row in found], matrix)

    def vector_blocks(
        self, after: int, *, rows: int = 10_000
    ) -> Iterator[tuple[NDArray[np.int64], Vectors]]:
        """Yield keys and `(n, d)` float32 embeddings of what was added after a key, by key.

        Args:
            after: The last key that the caller has; 0 for everything.
            rows: How many a block, at most; this bounds the memory that the reader needs.
        """
        while True:
            found = self.rows(_VECTORS + "WHERE key > ? ORDER BY key LIMIT ?", (after, rows))
            if not found:
                return
            keys = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
            after = int(keys[-1])
            yield keys, self._matrix([row[1] for row in found])

    def embeddings_of(self, keys: Sequence[int]) -> Vectors:
        """Return the `(n, d)` float32 embeddings of these passages, in the order asked.

        Raises:
            KeyError: A passage is gone.
        """
        found = self.rows(_VECTORS_AT, _json(keys))
        stored = {row[0]: row[1] for row in found}
        return self._matrix([stored[key] for key in keys])

    def all_keys(self) -> NDArray[np.int64]:
        """Return the keys of all passages, in order."""
        found = self.rows("SELECT key FROM chunks")  # from `chunks_of_paper`, without the rows
        return np.sort(np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found)))

    def vectors_at(self, keys: Sequence[int]) -> tuple[NDArray[np.int64], Vectors]:
        """Return keys and `(n, d)` float32 embeddings, by key; those that are gone are left out."""
        found = self.rows(_VECTORS_AT, _json(keys))
        there = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
        return there, self._matrix([row[1] for row in found])

    def _matrix(self, stored: Sequence[bytes]) -> Vectors:
        """Return stored embeddings as `(n, d)` float32."""
        numbers = np.frombuffer(b"".join(stored), dtype=np.float16)
        return numbers.reshape(len(stored), self.dimension()).astype(np.float32)


_PAPERS = """
    SELECT p.*, (SELECT count(*) FROM pages g WHERE g.paper = p.id) AS pages,
        (SELECT count(*) FROM chunks c WHERE c.paper = p.id) AS chunks,
        (SELECT total(length(g.hidden)) FROM pages g WHERE g.paper = p.id) AS hidden FROM papers p
"""

_PAPERS_WITH = _PAPERS + " WHERE p.id IN (SELECT value FROM json_each(?)) ORDER BY p.path"  # noqa: S608


def set_meta(db: sqlite3.Connection, name: str, value: str) -> None:
    """Remember one fact about the index."""
    db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))


def digest(text: str) -> bytes:
    """Return what tells whether the text of a passage has changed."""
    return hashlib.blake2b(text.encode("utf-8"), digest_size=8).digest()


def keyword_row(document: Document) -> tuple[str, str, str]:
    """Return the fields of a passage as the keyword index holds them."""
    section, title = document.metadata.get("section"), document.metadata.get("title")
    fields = (document.page_content, section, title)
    text, section_text, title_text = (keyword_text(str(value or "")) for value in fields)
    return text, section_text, title_text


def _json(values: Collection[object]) -> tuple[str]:
    return (json.dumps(list(values)),)


def _facts(row: sqlite3.Row) -> PaperMetadata:
    return PaperMetadata(
        title=row["title"],
        authors=tuple(json.loads(row["authors"])),
        **{name: row[name] for name in ("year", "doi", "arxiv_id", "venue", "citation_key")},
        tags=tuple(json.loads(row["tags"])),
    )


def _paper(row: sqlite3.Row) -> Paper:
    return Paper(
        row["id"],
        row["sha256"],
        Path(row["path"]),
        _facts(row),
        row["pages"],
        row["chunks"],
        hidden=int(row["hidden"]),
        same_as=row["same_as"],
    )


def _source(row: sqlite3.Row) -> SourceFile:
    return SourceFile(Path(row["path"]), row["sha256"], row["size"], row["mtime_ns"])


def _passage(row: sqlite3.Row) -> Document:
    if row["paper"] is None:
        own = json.loads(row["metadata"])
        return Document(id=row["id"], page_content=row["text"], metadata=own)
    span = {"start": row["start"], "end": row["end"], "section": row["section"]}
    return _document(row["id"], row, span)


def _document(name: str, row: sqlite3.Row, span: dict[str, Any]) -> Document:
    metadata = {
        "paper": row["paper"],
        "file": Path(row["path"]).name,
        "path": row["path"],
        "title": row["title"],
        "authors": json.loads(row["authors"]),
        "year": row["year"],
        "doi": row["doi"],
        "venue": row["venue"],
        "citation_key": row["citation_key"],
        "page": row["page"],
        "page_label": row["label"],
        **span,
    }
    return Document(id=name, page_content=row["text"] or "", metadata=metadata)
