"""The index of a test collection: each document a file of its own, taken in as any paper is."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from langchain_core.documents import BaseDocumentCompressor
from langchain_core.embeddings import Embeddings

from r1agent.evaluate.beir import Titled
from r1agent_indexes import PaperIndex
from r1agent_indexes.embed import identity_of
from r1agent_indexes.schema import FORMAT
from r1agent_indexes.search.retriever import query_vector

PASSAGES = 300
"""Asked for a question, so that 100 documents are among them."""
_PLAIN = re.compile(r"[A-Za-z0-9_-][\w.-]{0,99}", re.ASCII)
_LENGTH = 16

Ranking = dict[str, float]
"""Scores of documents, higher is better."""


@dataclass(frozen=True, slots=True)
class CollectionIndex:
    """An open index whose papers are the documents of a collection."""

    index: PaperIndex
    document_of: Mapping[str, str]
    """Ids of documents by those of papers."""

    def by_words(self, text: str) -> Ranking:
        """Return BM25 by document: that of its best passage."""
        return self._best(self.index.store.search_keywords(text, k=PASSAGES))

    def by_meaning(self, text: str) -> Ranking:
        """Return cosines by document: that of its best passage."""
        vector = query_vector(self.index.embeddings.embed_query(text))
        return self._best(self.index.vectors.search(vector, k=PASSAGES))

    def searched(self, text: str, reranker: BaseDocumentCompressor | None = None) -> Ranking:
        """Return documents as `PaperIndex.search` ranks them: by the place of the best passage."""
        found = self.index.search(text, k=PASSAGES, reranker=reranker)
        named = dict.fromkeys(self.document_of[one.metadata["paper"]] for one in found)
        return {name: 1 / place for place, name in enumerate(named, 1)}

    def _best(self, found: Sequence[tuple[int, float]]) -> Ranking:
        owners = dict(self.index.store.owners_of([key for key, _ in found]))
        best: Ranking = {}
        for key, value in found:
            name = self.document_of[owners[key]]
            best[name] = max(value, best.get(name, value))
        return best


@contextmanager
def open_collection(
    documents: Mapping[str, Titled], embeddings: Embeddings, folder: Path
) -> Iterator[CollectionIndex]:
    """Yield the index of documents, which is made where `folder` does not hold it.

    A build that was stopped goes on.

    Args:
        documents: By id.
        embeddings: The model of the index.
        folder: For files and index; see `collection_folder`.
    """
    papers = folder / "papers"
    names = {file_name(name): name for name in documents}
    _write(papers, {file: documents[name] for file, name in names.items()})
    with PaperIndex.open(folder / "index", embeddings=embeddings, create=True) as index:
        index.add([papers])
        held = {paper.id: names[paper.path.name.removesuffix(".md")] for paper in index.papers()}
        yield CollectionIndex(index, held)


def collection_folder(cache: Path, documents: Mapping[str, Titled], embeddings: Embeddings) -> Path:
    """Return the folder of a cache for these documents and this model."""
    digest = hashlib.sha256(f"{FORMAT} {identity_of(embeddings)}".encode())
    for name, one in documents.items():
        digest.update(repr((name, one.title, one.text)).encode(errors="surrogatepass"))
    return cache / digest.hexdigest()[:_LENGTH]


def file_name(document: str) -> str:
    """Return the name of a document's file, without ending; a strange id is digested."""
    if _PLAIN.fullmatch(document):
        return document
    return "id-" + hashlib.sha256(document.encode(errors="surrogatepass")).hexdigest()


def _write(papers: Path, documents: Mapping[str, Titled]) -> None:
    papers.mkdir(parents=True, exist_ok=True)
    there = {path.name for path in papers.iterdir()}
    for file, one in documents.items():
        if f"{file}.md" not in there:
            part = papers / f".{file}.part"
            part.write_text(f"# {one.title}\n\n{one.text}\n", encoding="utf-8", errors="replace")
            part.replace(papers / f"{file}.md")
