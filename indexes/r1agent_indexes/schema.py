"""The tables of `papers.sqlite`."""

from typing import Final

FORMAT: Final = 2
"""Format of an index; one made with another is refused."""

SCHEMA: Final = """
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE papers (
    id TEXT PRIMARY KEY, sha256 TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL, title TEXT NOT NULL, authors TEXT NOT NULL,
    year INTEGER, doi TEXT, arxiv_id TEXT, venue TEXT, citation_key TEXT, tags TEXT NOT NULL,
    signature BLOB, same_as TEXT REFERENCES papers(id) ON DELETE CASCADE
) WITHOUT ROWID;
CREATE TABLE pages (
    paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE, page INTEGER NOT NULL,
    label TEXT NOT NULL, text TEXT NOT NULL, hidden TEXT NOT NULL, PRIMARY KEY (paper, page)
);
CREATE TABLE chunks (
    key INTEGER PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL UNIQUE,
    paper TEXT REFERENCES papers(id) ON DELETE CASCADE, page INTEGER, "start" INTEGER,
    "end" INTEGER, section TEXT, digest BLOB NOT NULL, text TEXT, metadata TEXT,
    embedding BLOB NOT NULL
);
CREATE INDEX chunks_of_paper ON chunks(paper);
CREATE TABLE facts (
    paper TEXT NOT NULL REFERENCES papers(id) ON DELETE CASCADE, source TEXT NOT NULL,
    asked TEXT NOT NULL, facts TEXT NOT NULL, PRIMARY KEY (paper, source)
) WITHOUT ROWID;
CREATE TABLE failures (path TEXT PRIMARY KEY, reason TEXT NOT NULL) WITHOUT ROWID;
CREATE VIRTUAL TABLE keywords USING fts5(
    text, section, title, tokenize='porter unicode61 remove_diacritics 2'
);
"""
