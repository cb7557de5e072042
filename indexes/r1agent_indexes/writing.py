"""What changes the tables of an index: papers and loose documents put in and taken out."""

import json
import sqlite3
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from langchain_core.documents import Document

from r1agent_indexes.errors import IndexMismatchError
from r1agent_indexes.store import (
    SourceFile,
    Store,
    Vectors,
    digest,
    keyword_row,
    set_meta,
)
from r1agent_indexes.types import FailedPaper, PaperMetadata

_SHORTEST_ID = 6
_BLOCK = 1_000
"""Passages whose key words are derived at once."""


def add_paper(
    store: Store,
    source: SourceFile,
    metadata: PaperMetadata,
    pages: Sequence[Document],
    passages: Sequence[Document],
    vectors: Vectors,
    *,
    signature: bytes | None = None,
    same_as: str | None = None,
    takes_over: str | None = None,
) -> str:
    """Put in a whole paper, in place of what its file held before; return its id.

    Args:
        store: The database.
        source: The file.
        metadata: What is known about the paper.
        pages: Its pages.
        passages: Its passages; none where it is folded.
        vectors: `(n, d)` float32, one a passage.
        signature: Its MinHash.
        same_as: The paper that it is folded into.
        takes_over: A paper that is folded into it, with those folded into that one.
    """
    with store.transaction() as db:
        _require_dimension(store, db, vectors)
        folded = _unfold(db, takes_over)
        _delete_at(db, source.path)
        paper = _new_id(db, source.sha256)
        db.execute("DELETE FROM failures WHERE path = ?", (str(source.path),))
        _insert_paper(db, paper, source, metadata, signature, same_as)
        for page in pages:
            _insert_page(db, paper, page)
        for number, (passage, vector) in enumerate(zip(passages, vectors, strict=True)):
            titled = Document(
                id=f"{paper}:{number}",
                page_content=passage.page_content,
                metadata=passage.metadata | {"paper": paper, "title": metadata.title},
            )
            _insert(db, titled, vector, text=None)
        for one in folded:
            _delete_chunks(db, "paper = ?", one)
            db.execute("UPDATE papers SET same_as = ? WHERE id = ?", (paper, one))
    return paper


def remove_paper(store: Store, paper: str) -> None:
    """Take out a paper with its pages and passages."""
    with store.transaction() as db:
        _delete_paper(db, paper)


def move_paper(store: Store, paper: str, source: SourceFile) -> None:
    """Remember where the file of a paper is now, and its size and time there."""
    with store.transaction() as db:
        stale = "SELECT id FROM papers WHERE path = ? AND id <> ?"
        for row in db.execute(stale, (str(source.path), paper)).fetchall():
            _delete_paper(db, row["id"])
        db.execute(
            "UPDATE papers SET path = ?, size = ?, mtime_ns = ? WHERE id = ?",
            (str(source.path), source.size, source.mtime_ns, paper),
        )
        db.execute("DELETE FROM failures WHERE path = ?", (str(source.path),))


def record_failure(store: Store, path: Path, reason: str) -> None:
    """Remember why a file could not be read."""
    with store.transaction() as db:
        db.execute("INSERT OR REPLACE INTO failures VALUES (?, ?)", (str(path), reason))


def forget_failed(store: Store, which: str) -> list[FailedPaper]:
    """Forget the files of this name or path that could not be read, and return them."""
    names = {which, str(Path(which).expanduser().resolve())}
    failed = [one for one in store.failures() if names & {one.file, str(one.path)}]
    forget_failures(store, [one.path for one in failed])
    return failed


def forget_failures(store: Store, paths: Sequence[Path]) -> None:
    """Forget that files could not be read."""
    with store.transaction() as db:
        db.executemany("DELETE FROM failures WHERE path = ?", [(str(path),) for path in paths])


def put_documents(store: Store, documents: Sequence[Document], vectors: Vectors) -> None:
    """Put in loose documents, in place of those with the same ids."""
    with store.transaction() as db:
        _require_dimension(store, db, vectors)
        for document, vector in zip(documents, vectors, strict=True):
            _delete_chunks(db, "id = ?", document.id)
            _insert(db, document, vector, text=document.page_content)


def delete_documents(store: Store, ids: Sequence[str]) -> None:
    """Take out loose documents; ids that are not there are passed over."""
    with store.transaction() as db:
        for id_ in ids:
            _delete_chunks(db, "id = ?", id_)


def rebuild_keywords(store: Store) -> None:
    """Derive the keyword index again."""
    with store.transaction() as db:
        db.execute("DELETE FROM keywords")
        after = 0
        while keys := store.keys_after(after, most=_BLOCK):
            for key, passage in store.passages(keys).items():
                _insert_keywords(db, key, passage)
            after = keys[-1]


def delete_orphans(store: Store) -> None:
    """Take out pages and passages whose paper is gone."""
    with store.transaction() as db:
        orphans = "paper IS NOT NULL AND paper NOT IN (SELECT id FROM papers)"
        db.execute(f"DELETE FROM chunks WHERE {orphans}")  # noqa: S608
        db.execute("DELETE FROM pages WHERE paper NOT IN (SELECT id FROM papers)")


def _require_dimension(store: Store, db: sqlite3.Connection, vectors: Vectors) -> None:
    found, wanted = vectors.shape[1], store.dimension()
    if not len(vectors):
        return
    if wanted == 0:
        set_meta(db, "dimension", str(found))
    elif found != wanted:
        raise IndexMismatchError(
            f"The embedding model gives {found} numbers a passage, the index holds {wanted}. Open "
            "it with the model it was built with, or make a new index."
        )


def _new_id(db: sqlite3.Connection, sha256: str) -> str:
    """Return the shortest prefix of a hash, from six digits on, that no other paper has."""
    taken = {row["id"] for row in db.execute("SELECT id FROM papers").fetchall()}
    lengths = range(_SHORTEST_ID, len(sha256) + 1)
    return next(sha256[:length] for length in lengths if sha256[:length] not in taken)


def _unfold(db: sqlite3.Connection, paper: str | None) -> list[str]:
    """Let a paper and those folded into it stand alone; return all of them."""
    found = db.execute("SELECT id FROM papers WHERE ? IN (id, same_as)", (paper,)).fetchall()
    db.execute("UPDATE papers SET same_as = NULL WHERE same_as = ?", (paper,))
    return [row["id"] for row in found]


def _delete_at(db: sqlite3.Connection, path: Path) -> None:
    found = db.execute("SELECT id FROM papers WHERE path = ?", (str(path),)).fetchall()
    for row in found:
        _delete_paper(db, row["id"])


def _insert_paper(
    db: sqlite3.Connection,
    paper: str,
    source: SourceFile,
    metadata: PaperMetadata,
    signature: bytes | None,
    same_as: str | None,
) -> None:
    db.execute(
        "INSERT INTO papers VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(paper, source.sha256, str(source.path), source.size, source.mtime_ns),
            *(metadata.title, json.dumps(metadata.authors), metadata.year),
            *(metadata.doi, metadata.arxiv_id, metadata.venue, metadata.citation_key),
            *(json.dumps(metadata.tags), signature, same_as),
        ),
    )


def _insert_page(db: sqlite3.Connection, paper: str, page: Document) -> None:
    known = page.metadata
    facts = (paper, known["page"], known["page_label"], page.page_content)
    db.execute("INSERT INTO pages VALUES (?, ?, ?, ?, ?)", (*facts, known.get("hidden_text", "")))


def _insert(
    db: sqlite3.Connection, document: Document, vector: Vectors, *, text: str | None
) -> None:
    known = document.metadata if text is None else {}
    cursor = db.execute(
        'INSERT INTO chunks (id, paper, page, "start", "end", section, digest, text, metadata,'
        " embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            document.id,
            *(known.get(name) for name in ("paper", "page", "start", "end", "section")),
            digest(document.page_content),
            text,
            None if text is None else json.dumps(document.metadata),
            vector.astype(np.float16).tobytes(),
        ),
    )
    _insert_keywords(db, int(cursor.lastrowid or 0), document)


def _insert_keywords(db: sqlite3.Connection, key: int, document: Document) -> None:
    db.execute(
        "INSERT INTO keywords(rowid, text, section, title) VALUES (?, ?, ?, ?)",
        (key, *keyword_row(document)),
    )


def _delete_paper(db: sqlite3.Connection, paper: str) -> None:
    _delete_chunks(db, "paper = ?", paper)
    db.execute("DELETE FROM papers WHERE id = ?", (paper,))


def _delete_chunks(db: sqlite3.Connection, where: str, value: str | None) -> None:
    found = db.execute(f"SELECT key FROM chunks WHERE {where}", (value,)).fetchall()  # noqa: S608
    for row in found:
        db.execute("DELETE FROM keywords WHERE rowid = ?", (row["key"],))
        db.execute("DELETE FROM chunks WHERE key = ?", (row["key"],))
