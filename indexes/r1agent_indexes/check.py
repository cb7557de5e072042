"""Whether an index is sound, row by row; repairs what can be derived."""

from collections.abc import Callable

from r1agent_indexes.store import Store, digest
from r1agent_indexes.types import IndexProblem, IndexReport
from r1agent_indexes.vectors.faiss_index import FaissIndex, file_sha256
from r1agent_indexes.writing import (
    delete_orphans,
    rebuild_keywords,
    record_failure,
    remove_paper,
)


def check_index(
    store: Store,
    vectors: FaissIndex,
    manifest_problem: str | None,
    *,
    repair: Callable[[], None] | None,
) -> IndexReport:
    """Return everything that is wrong with an index.

    Args:
        store: Its database.
        vectors: Its FAISS index.
        manifest_problem: What is wrong with its manifest.
        repair: Writes `vectors.faiss` and the manifest again; None only looks.
    """
    fix = repair is not None
    problems = [*_database(store)]
    problems += _orphans(store, fix=fix)
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
    )


def _database(store: Store) -> list[IndexProblem]:
    found = [str(row[0]) for row in store.rows("PRAGMA quick_check(5)")]
    return [IndexProblem("database", text) for text in found if text != "ok"]


def _orphans(store: Store, *, fix: bool) -> list[IndexProblem]:
    count = store.number(
        "SELECT (SELECT count(*) FROM chunks WHERE paper NOT IN (SELECT id FROM papers))"
        " + (SELECT count(*) FROM pages WHERE paper NOT IN (SELECT id FROM papers))"
    )
    if count and fix:
        delete_orphans(store)
    text = f"{count} pages or passages belong to no paper"
    return [IndexProblem("orphan", text, repaired=fix)] if count else []


def _spans(store: Store, *, fix: bool) -> list[IndexProblem]:
    """Compare every passage with its page; a paper that differs is taken out to be read again."""
    problems = []
    width = 2 * store.dimension()
    for paper in store.papers():
        wrong = [key for key in store.keys_of([paper.id]) if not _is_sound(store, key, width)]
        if not wrong:
            continue
        text = f"{len(wrong)} passages of {paper.file!r} are not what their pages say"
        problems.append(IndexProblem("span", f"{text}; add it again", repaired=fix))
        if fix:
            remove_paper(store, paper.id)
            record_failure(store, paper.path, "its rows were damaged and taken out; add it again")
    return problems


def _is_sound(store: Store, key: int, width: int) -> bool:
    row = store.rows(
        'SELECT c."start", c."end", c.digest, length(c.embedding) AS width, length(g.text) AS size,'
        ' substr(g.text, c."start" + 1, c."end" - c."start") AS text FROM chunks c'
        " LEFT JOIN pages g ON g.paper = c.paper AND g.page = c.page WHERE c.key = ?",
        (key,),
    )[0]
    if row["text"] is None or row["width"] != width:
        return False
    inside = 0 <= row["start"] < row["end"] <= row["size"]
    return bool(inside and digest(row["text"]) == row["digest"])


def _keywords(store: Store, *, fix: bool) -> list[IndexProblem]:
    count = store.number(
        "SELECT (SELECT count(*) FROM chunks WHERE key NOT IN (SELECT id FROM keywords_docsize))"
        " + (SELECT count(*) FROM keywords_docsize WHERE id NOT IN (SELECT key FROM chunks))"
    )
    if count and fix:
        rebuild_keywords(store)
    text = f"{count} passages differ between the keyword index and the database"
    return [IndexProblem("keywords", text, repaired=fix)] if count else []


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
