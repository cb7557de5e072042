"""Whether an index is sound, row by row; repairs what can be derived."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator

from r1agent_indexes.store import Store, digest
from r1agent_indexes.types import IndexProblem, IndexReport, Paper
from r1agent_indexes.vectors.protocol import VectorIndex
from r1agent_indexes.vectors.saved_file import file_sha256
from r1agent_indexes.writing import (
    delete_orphans,
    rebuild_keywords,
    record_failure,
    remove_paper,
)

_BLOCK = 5_000
"""Passages compared at once: some megabytes of text."""
_COMPARED = """
    SELECT c.key, c.paper, c."start", c."end", c.digest, length(c.embedding) = :size AS is_whole,
        length(g.text) AS size, substr(g.text, c."start" + 1, c."end" - c."start") AS text
    FROM chunks c LEFT JOIN pages g ON g.paper = c.paper AND g.page = c.page
    WHERE c.key > :after AND c.paper NOT NULL ORDER BY c.key LIMIT :block
"""


def check_index(
    store: Store,
    vectors: VectorIndex,
    manifest_problem: str | None,
    *,
    repair: Callable[[], None] | None,
) -> IndexReport:
    """Return everything that is wrong with an index.

    Args:
        store: Its database.
        vectors: Its FAISS index, or the vector store in its place.
        manifest_problem: What is wrong with its manifest.
        repair: Writes `vectors.faiss` and the manifest again; None only looks.
    """
    fix = repair is not None
    problems = [*_database(store)]
    problems += _orphans(store, fix=fix)
    problems += _folds(store, fix=fix)
    problems += _spans(store, fix=fix)
    problems += _keywords(store, fix=fix)
    derived = [("vectors", vectors.problem()), ("manifest", manifest_problem)]
    problems += [
        IndexProblem("vectors" if kind == "vectors" else "manifest", text, repaired=fix)
        for kind, text in derived
        if text
    ]
    if repair is not None and problems:
        vectors.forget()
        repair()
    return IndexReport(
        papers=store.number("SELECT count(*) FROM papers"),
        pages=store.number("SELECT count(*) FROM pages"),
        chunks=store.number("SELECT count(*) FROM chunks"),
        problems=[*problems, *_sources(store)],
        vectors=vectors.describe(),
    )


def _database(store: Store) -> list[IndexProblem]:
    found = [str(row[0]) for row in store.rows("PRAGMA quick_check(5)")]
    return [IndexProblem("database", text) for text in found if text != "ok"]


def _orphans(store: Store, *, fix: bool) -> list[IndexProblem]:
    count = store.number(
        "SELECT (SELECT count(*) FROM chunks"
        " WHERE paper IS NOT NULL AND paper NOT IN (SELECT id FROM papers))"
        " + (SELECT count(*) FROM pages WHERE paper NOT IN (SELECT id FROM papers))"
    )
    if count and fix:
        delete_orphans(store)
    text = f"{count} pages or passages belong to no paper"
    return [IndexProblem("orphan", text, repaired=fix)] if count else []


def _folds(store: Store, *, fix: bool) -> list[IndexProblem]:
    """Find papers folded into nothing, or folded and yet with passages; they are read again."""
    found = store.rows(
        "SELECT id FROM papers p WHERE same_as NOT NULL AND (same_as NOT IN"
        " (SELECT id FROM papers WHERE same_as IS NULL) OR id IN (SELECT paper FROM chunks))"
    )
    if fix:
        for paper in store.papers_with([row["id"] for row in found]):
            _take_out(store, paper)
    text = f"{len(found)} near-duplicates are folded into no paper; add them again"
    return [IndexProblem("orphan", text, repaired=fix)] if found else []


def _spans(store: Store, *, fix: bool) -> list[IndexProblem]:
    """Compare every passage with its page; a paper that differs is taken out to be read again."""
    wrong = Counter(row["paper"] for row in _passages(store) if not _is_sound(row))
    problems = []
    for paper in store.papers_with(list(wrong)):
        text = f"{wrong[paper.id]} passages of {paper.file!r} are not what their pages say"
        problems.append(IndexProblem("span", f"{text}; add it again", repaired=fix))
        if fix:
            _take_out(store, paper)
    return problems


def _passages(store: Store) -> Iterator[sqlite3.Row]:
    """Yield what is to be compared of every passage of a paper, in blocks of bounded size."""
    after, given = 0, {"size": 2 * store.dimension(), "block": _BLOCK}
    while found := store.rows(_COMPARED, given | {"after": after}):
        after = found[-1]["key"]
        yield from found


def _is_sound(row: sqlite3.Row) -> bool:
    if row["text"] is None or not row["is_whole"]:
        return False
    inside = 0 <= row["start"] < row["end"] <= row["size"]
    return bool(inside and digest(row["text"]) == row["digest"])


def _take_out(store: Store, paper: Paper) -> None:
    remove_paper(store, paper.id)
    record_failure(store, paper.path, "its rows were damaged and taken out; add it again")


def _keywords(store: Store, *, fix: bool) -> list[IndexProblem]:
    count = store.number(
        "SELECT (SELECT count(*) FROM chunks WHERE key NOT IN (SELECT id FROM keywords_docsize))"
        " + (SELECT count(*) FROM keywords_docsize WHERE id NOT IN (SELECT key FROM chunks))"
    )
    if count and fix:
        rebuild_keywords(store)
    text = f"{count} passages differ between the keyword index and the database"
    found = [text if count else None, store.words.problem(store)]
    if found[1] and fix:
        store.words.forget()
    return [IndexProblem("keywords", each, repaired=fix) for each in found if each]


def _sources(store: Store) -> list[IndexProblem]:
    problems = []
    for paper, source in store.sources():
        if not source.path.is_file():
            text = f"{str(source.path)!r} is gone; its passages stay until `remove {paper.id}`"
            problems.append(IndexProblem("source", text))
        elif source.path.stat().st_mtime_ns != source.mtime_ns and (
            file_sha256(source.path) != source.sha256
        ):
            text = f"{str(source.path)!r} has changed since it was read; add it again"
            problems.append(IndexProblem("source", text))
    return problems
