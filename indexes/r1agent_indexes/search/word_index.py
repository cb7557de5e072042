"""keywords/: the words of passages for a large index, in tantivy; derived from the database.

FTS5 scores every passage that holds one of the words: 60 ms and more at 100,000 passages, ten
times that at a million. tantivy skips those that cannot be among the best: 1 ms and 2 ms. It is
used where it is at the database's revision; else FTS5 answers, more slowly and as right.
"""

import json
import shutil
import sqlite3
import threading
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from r1agent_indexes.disk import disk_errors
from r1agent_indexes.manifest import write_atomically
from r1agent_indexes.search.keyword import keyword_text, keyword_words

if TYPE_CHECKING:
    from tantivy import Index, Query, Schema, TextAnalyzer

    from r1agent_indexes.store import Store

LARGE = 20_000
"""Passages from which on FTS5 takes longer than everything else in a search together."""
_FIELDS = {"text": 1.0, "section": 0.5, "title": 2.0}
"""Their weights, as in FTS5."""
_HEAP = 128 * 2**20
_BLOCK = 200
"""Papers whose texts are in memory at once while they are put in."""
_PAPERS = """
    SELECT c.paper, max(c.key) || ' ' || count(*) || ' ' || p.title FROM chunks c
    JOIN papers p ON p.id = c.paper GROUP BY c.paper
"""
_TEXTS = """
    SELECT c.key, c.paper, substr(g.text, c."start" + 1, c."end" - c."start") AS text, c.section,
        p.title AS title FROM papers p JOIN chunks c ON c.paper = p.id
    JOIN pages g ON g.paper = c.paper AND g.page = c.page
    WHERE p.id IN (SELECT value FROM json_each(?))
"""


class WordIndex:
    """Search passages of papers by BM25, much faster than FTS5, while up to date."""

    def __init__(self, folder: Path) -> None:
        """Store the place; it is opened at the first search."""
        self._folder = folder / "keywords"
        self._revision_file = self._folder / "revision.json"
        self._marks_file = self._folder / "papers.json"
        self._open: tuple[int, Index] | None = None
        self._lock = threading.Lock()

    def search(
        self, question: str, *, k: int, papers: Collection[str] | None, revision: int
    ) -> list[tuple[int, float]] | None:
        """Return keys and scores of the best passages, best first; None where FTS5 must be asked.

        Args:
            question: The question.
            k: How many, at most.
            papers: Search these papers only (ids).
            revision: The revision of the database.
        """
        index = self._at(revision)
        if index is None:
            return None
        query = _query(index.schema, question, papers)
        searcher = index.searcher()
        hits = searcher.search(query, limit=k, count=False).hits
        found = searcher.fast_field_values("key", [place for _, place in hits])
        pairs = zip(found, hits, strict=True)
        return [(key, score) for key, (score, _) in pairs if isinstance(key, int)]

    def is_saved(self, store: "Store") -> bool:
        """Tell whether it is as the database is now, or not needed."""
        wanted = store.revision() if _is_large(store) else None
        return self._revision() == wanted

    def save(self, store: "Store") -> None:
        """Bring it up to date, paper by paper, where the index is large; else take it away.

        A process that is killed meanwhile leaves no revision behind: the next one begins anew.
        """
        with disk_errors(self._folder.parent):
            before = self._marks() if self._revision() is not None else None
            self._revision_file.unlink(missing_ok=True)
            if before is None or not _is_large(store):
                shutil.rmtree(self._folder, ignore_errors=True)
            if not _is_large(store):
                return
            self._folder.mkdir(exist_ok=True)
            revision, now = store.revision(), dict(map(tuple, store.rows(_PAPERS)))
            self._update(store, before or {}, now)
            _write(self._marks_file, now)
            _write(self._revision_file, revision)

    def problem(self, store: "Store") -> str | None:
        """Return how it differs from the database that it claims to be at."""
        if self._revision() != store.revision():
            return None
        index = self._at(store.revision())
        if index is None:
            return "`keywords` is damaged and cannot be opened"
        held = index.searcher().num_docs
        wanted = store.number("SELECT count(*) FROM chunks WHERE paper IS NOT NULL")
        if held == wanted and self._marks() == dict(map(tuple, store.rows(_PAPERS))):
            return None
        return f"`keywords` holds {held} passages, the database {wanted}, or other ones"

    def forget(self) -> None:
        """Have `save` begin anew."""
        self._revision_file.unlink(missing_ok=True)

    def _update(self, store: "Store", before: dict[str, str], now: dict[str, str]) -> None:
        from tantivy import Document

        changed = [paper for paper, mark in now.items() if before.get(paper) != mark]
        index = _opened(self._folder)
        writer = index.writer(_HEAP, 1)
        for paper in before:
            if before[paper] != now.get(paper):
                writer.delete_documents_by_term("paper", paper)
        for row in _texts(store, changed):
            words = {name: keyword_text(row[name] or "") for name in _FIELDS}
            writer.add_document(Document(key=row["key"], paper=row["paper"], **words))
        writer.commit()
        writer.wait_merging_threads()

    def _at(self, revision: int) -> "Index | None":
        """Return the index if it is at this revision."""
        with self._lock:
            if self._revision() != revision:
                return None
            if self._open is None or self._open[0] != revision:
                try:
                    self._open = revision, _opened(self._folder)
                except ValueError:  # tantivy's only error: its files are damaged; `problem` tells
                    return None
            return self._open[1]

    def _revision(self) -> int | None:
        found = _read(self._revision_file)
        return found if isinstance(found, int) else None

    def _marks(self) -> dict[str, str]:
        found = _read(self._marks_file)
        return found if isinstance(found, dict) else {}


def _is_large(store: "Store") -> bool:
    return store.number("SELECT count(*) FROM chunks") > LARGE


def _texts(store: "Store", papers: Sequence[str]) -> Iterator[sqlite3.Row]:
    for start in range(0, len(papers), _BLOCK):
        yield from store.rows(_TEXTS, (json.dumps(papers[start : start + _BLOCK]),))


def _opened(folder: Path) -> "Index":
    from tantivy import Index

    index = Index(_schema(), path=str(folder))
    index.register_tokenizer("words", _analyzer())
    return index


def _schema() -> "Schema":
    from tantivy import SchemaBuilder

    builder = SchemaBuilder().add_integer_field("key", fast=True)
    builder = builder.add_text_field("paper", tokenizer_name="raw", index_option="basic")
    for name in _FIELDS:
        builder = builder.add_text_field(name, tokenizer_name="words", index_option="freq")
    return builder.build()


def _analyzer() -> "TextAnalyzer":
    """Return what cuts, folds and stems English; Chinese comes as pairs of characters already."""
    from tantivy import Filter, TextAnalyzerBuilder, Tokenizer

    builder = TextAnalyzerBuilder(Tokenizer.simple())
    for each in (Filter.lowercase(), Filter.ascii_fold(), Filter.stemmer("english")):
        builder = builder.filter(each)
    return builder.build()


def _query(schema: "Schema", question: str, papers: Collection[str] | None) -> "Query":
    from tantivy import Occur, Query

    stems = _analyzer().analyze(" ".join(keyword_words(question)))
    words = Query.boolean_query(
        [
            (Occur.Should, Query.boost_query(Query.term_query(schema, field, stem, "freq"), weight))
            for stem in dict.fromkeys(stems)
            for field, weight in _FIELDS.items()
        ]
    )
    if papers is None:
        return words
    within = Query.const_score_query(Query.term_set_query(schema, "paper", list(papers)), 0.0)
    return Query.boolean_query([(Occur.Must, words), (Occur.Must, within)])


def _read(path: Path) -> object:
    try:
        found: object = json.loads(path.read_text(encoding="utf-8"))
    except (FileNotFoundError, ValueError):
        return None
    return found


def _write(path: Path, value: object) -> None:
    text = json.dumps(value, ensure_ascii=False)
    write_atomically(path, lambda part: part.write_text(text, encoding="utf-8"))
