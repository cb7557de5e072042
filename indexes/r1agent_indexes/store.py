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

from r1agent_indexes.disk import disk_errors
from r1agent_indexes.schema import SCHEMA
from r1agent_indexes.search.keyword import keyword_query, keyword_text
from r1agent_indexes.types import FailedPaper, Paper, PaperMetadata

_PASSAGE = """
    SELECT c.key, c.id, c.paper, c.page, c."start", c."end", c.section, c.metadata,
        coalesce(c.text, substr(g.text, c."start" + 1, c."end" - c."start")) AS text,
        g.label, p.path, p.title, p.authors, p.year, p.doi
    FROM chunks c LEFT JOIN papers p ON p.id = c.paper
    LEFT JOIN pages g ON g.paper = c.paper AND g.page = c.page
"""
_PASSAGES_BY_KEY = _PASSAGE + "WHERE c.key IN (SELECT value FROM json_each(?))"  # noqa: S608
_PASSAGES_BY_ID = _PASSAGE + "WHERE c.id IN (SELECT value FROM json_each(?))"  # noqa: S608
_FIELD_WEIGHTS = "1.0, 0.5, 0.5"
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file on disk as the index knows it."""

    path: Path
    sha256: str
    size: int
    mtime_ns: int


class Store:
    """The tables of one index, safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        """Open the database of `folder`."""
        self._folder = folder
        self._lock = threading.RLock()
        with disk_errors(folder):
            self._db = sqlite3.connect(
                folder / "papers.sqlite", isolation_level=None, check_same_thread=False, timeout=30
            )
            self._db.row_factory = sqlite3.Row
            self._db.execute("PRAGMA foreign_keys = ON")
            self._db.execute("PRAGMA journal_mode = WAL")
            self._db.execute("PRAGMA synchronous = NORMAL")

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
            self._db.close()

    def rows(self, query: str, values: Sequence[object] = ()) -> list[sqlite3.Row]:
        """Return the rows of a query."""
        with self._lock, disk_errors(self._folder):
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

    def papers(self) -> list[Paper]:
        """Return all papers by path."""
        return [_paper(row) for row in self.rows(_PAPERS + " ORDER BY p.path")]

    def failures(self) -> list[FailedPaper]:
        """Return the files that could not be read."""
        found = self.rows("SELECT path, reason FROM failures ORDER BY path")
        return [FailedPaper(Path(row["path"]), row["reason"]) for row in found]

    def sources(self) -> list[tuple[Paper, SourceFile]]:
        """Return all papers with the state of their files when they were read."""
        return [(_paper(row), _source(row)) for row in self.rows(_PAPERS)]

    def page(self, paper: str, page: int) -> Document | None:
        """Return the whole text of a page."""
        found = self.rows(
            "SELECT g.*, p.path, p.title, p.authors, p.year, p.doi FROM pages g"
            " JOIN papers p ON p.id = g.paper WHERE g.paper = ? AND g.page = ?",
            (paper, page),
        )
        if not found:
            return None
        span = {"start": 0, "end": len(found[0]["text"]), "section": None}
        return _document(f"{paper}:p{page}", found[0], span)

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

    def search_keywords(
        self, question: str, *, k: int, papers: Collection[str] | None = None
    ) -> list[int]:
        """Return the keys of the best passages of papers by BM25, best first."""
        match = keyword_query(question)
        if not match:
            return []
        within = "" if papers is None else "AND c.paper IN (SELECT value FROM json_each(?2))"
        found = self.rows(
            f"SELECT c.key FROM keywords JOIN chunks c ON c.key = keywords.rowid"  # noqa: S608
            f" WHERE keywords MATCH ?1 AND c.paper IS NOT NULL {within}"
            f" ORDER BY bm25(keywords, {_FIELD_WEIGHTS}) LIMIT ?3",
            (match, json.dumps(sorted(papers or ())), k),
        )
        return [row[0] for row in found]

    def vectors_after(self, key: int) -> tuple[NDArray[np.int64], Vectors]:
        """Return keys and `(n, d)` float32 embeddings of the passages added after `key`."""
        found = self.rows("SELECT key, embedding FROM chunks WHERE key > ? ORDER BY key", (key,))
        keys = np.fromiter((row[0] for row in found), dtype=np.int64, count=len(found))
        stored = np.frombuffer(b"".join(row[1] for row in found), dtype=np.float16)
        return keys, stored.reshape(len(found), self.dimension()).astype(np.float32)


_PAPERS = """
    SELECT p.*, (SELECT count(*) FROM pages g WHERE g.paper = p.id) AS pages,
        (SELECT count(*) FROM chunks c WHERE c.paper = p.id) AS chunks,
        (SELECT total(length(g.hidden)) FROM pages g WHERE g.paper = p.id) AS hidden FROM papers p
"""


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


def _paper(row: sqlite3.Row) -> Paper:
    facts = PaperMetadata(
        title=row["title"],
        authors=tuple(json.loads(row["authors"])),
        **{name: row[name] for name in ("year", "doi", "arxiv_id", "venue", "citation_key")},
        tags=tuple(json.loads(row["tags"])),
    )
    return Paper(
        row["id"],
        row["sha256"],
        Path(row["path"]),
        facts,
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
        "page": row["page"],
        "page_label": row["label"],
        **span,
    }
    return Document(id=name, page_content=row["text"] or "", metadata=metadata)
