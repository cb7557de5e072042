"""An external LangChain `VectorStore` in the place of FAISS: Qdrant, Milvus, LanceDB, ….

The store proposes, the database decides: every score is the exact cosine with the embedding in
`papers.sqlite`, what the database no longer holds is dropped, and what the store has not got yet is
compared directly. So a search is right whether the store is behind, ahead or shared.
"""

import json
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

import numpy as np
from langchain_core.documents import Document
from langchain_core.vectorstores import VectorStore

from r1agent_indexes.manifest import IndexManifest
from r1agent_indexes.store import Store, Vectors
from r1agent_indexes.vectors.given_store import GivenStore
from r1agent_indexes.vectors.sent import Keys, SentPassages

_FEW = 5_000
"""Passages that are compared directly rather than picked out of what the store finds."""
_MOST = 10_000
"""Passages asked of a store at once, at most; Milvus and Pinecone allow little more."""
_BLOCK = 10_000
"""Embeddings in memory at once while passages are compared directly."""
_BATCH = 256
"""Passages sent to the store at once."""
_PROBED = 16
"""Passages looked up to see whether a store still holds what it was sent."""
_ROWS = "FROM chunks WHERE key IN (SELECT value FROM json_each(?))"
_ROWS_BY_ID = (
    "SELECT key, id, digest, embedding FROM chunks WHERE id IN (SELECT value FROM json_each(?))"
)

Found = list[tuple[int, float]]


class ExternalVectors:
    """Find the passages nearest to a question with a vector store that someone else keeps."""

    def __init__(self, folder: Path, store: Store, external: VectorStore) -> None:
        """Store the parts.

        Raises:
            VectorStoreError: The store would embed every passage a second time.
        """
        self._manifest = folder / "manifest.json"
        self._store, self._external = store, GivenStore(external)
        self._sent = SentPassages(folder, self._external.name)
        self._lock = threading.Lock()
        self._revision = -1
        self._held = self._unsent = np.zeros(0, dtype=np.int64)

    def search(self, vector: Vectors, *, k: int, keys: Sequence[int] | None = None) -> Found:
        """Return keys and cosines, best first, among `keys` if given.

        Raises:
            VectorStoreError: The store cannot be reached, or refuses.
        """
        held, unsent = self._look()
        if keys is not None:
            wanted = np.unique(np.asarray(keys, dtype=np.int64))
            held, unsent = np.intersect1d(held, wanted), np.intersect1d(unsent, wanted)
        found: Found = []
        if keys is None or len(keys) > _FEW:
            found = self._propose(vector, held, k=k)
        if len(found) < min(k, len(held)):  # few to look among, or the store has lost passages
            found = self._compare(vector, held, k=k)
        return _best([*found, *self._compare(vector, unsent, k=k)], k=k)

    def save(self) -> str:
        """Bring the store up to date; return the hash of `vectors.faiss` where that still fits.

        Raises:
            VectorStoreError: The store cannot be reached, or refuses.
        """
        if not self._is_the_same_store():
            self._sent.doubt()
        for keys in _batches(np.setdiff1d(self._sent.keys(), self._keys())):
            self._external.delete(list(self._sent.points(keys).values()))
            self._sent.drop(keys)
        for keys in _batches(self._missing()):
            self._send(keys)
        self._revision = -1
        manifest = IndexManifest.read(self._manifest)
        fits = manifest is not None and manifest.revision == self._store.revision()
        return manifest.vectors_sha256 if manifest and fits else ""

    def is_saved(self) -> bool:
        """Tell whether the store was sent everything, and by a sample whether it has it."""
        keys = self._keys()
        sent = all(np.array_equal(self._sent.keys(certain=one), keys) for one in (True, False))
        return sent and self._is_the_same_store()

    def forget(self) -> None:
        """Trust nothing that was sent, so that `save` sends all of it again."""
        self._sent.doubt()
        self._revision = -1

    def problem(self) -> str | None:
        """Return what the store lacks, looked up passage by passage where it allows that."""
        lacking = len(self._missing())
        for keys in _batches(self._sent.keys(certain=True)):
            points = self._sent.points(keys)
            lacking += len(points) - self._external.count(list(points.values()))
        return f"{self._external.name} lacks {lacking} passages" if lacking else None

    def describe(self) -> str:
        """Return which store it is and how much it holds."""
        return (
            f"{self._external.name}, as given, with {len(self._sent.keys(certain=True))} passages"
        )

    def close(self) -> None:
        """Close what is of the index; the store is its owner's to close."""
        self._sent.close()

    def _look(self) -> tuple[Keys, Keys]:
        """Return the passages that the store holds and those that it was not sent."""
        with self._lock:
            revision = self._store.revision()
            if revision != self._revision:
                every, sent = self._keys(), self._sent.keys(certain=True)
                self._held, self._unsent = np.intersect1d(every, sent), np.setdiff1d(every, sent)
                self._revision = revision
            return self._held, self._unsent

    def _propose(self, vector: Vectors, held: Keys, *, k: int) -> Found:
        """Ask the store for more and more until `k` of what it names are good."""
        found: Found = []
        ask = min(2 * k, _MOST)
        while len(held):
            documents = self._external.find(vector, ask)
            found = [pair for pair in self._scored(vector, documents) if _is_in(held, pair[0])]
            if len(found) >= min(k, len(held)) or len(documents) < ask or ask == _MOST:
                break
            ask = min(4 * ask, _MOST)
        return _best(found, k=k)

    def _scored(self, vector: Vectors, documents: Sequence[Document]) -> Found:
        """Return keys and exact cosines of the documents that are passages of the database."""
        named = {str(doc.metadata.get("passage")): doc.metadata.get("digest") for doc in documents}
        rows = self._store.rows(_ROWS_BY_ID, (json.dumps(list(named)),))
        rows = [row for row in rows if named[row["id"]] == row["digest"].hex()]
        scores = _cosines(vector, [row["embedding"] for row in rows])
        return list(zip((row["key"] for row in rows), scores, strict=True))

    def _compare(self, vector: Vectors, keys: Keys, *, k: int) -> Found:
        """Return the best of some passages by their embeddings in the database."""
        found: Found = []
        for some in _batches(keys, size=_BLOCK):
            rows = self._store.rows(f"SELECT key, embedding {_ROWS}", (json.dumps(some),))
            scores = _cosines(vector, [row["embedding"] for row in rows])
            found = _best([*found, *zip((row["key"] for row in rows), scores, strict=True)], k=k)
        return found

    def _send(self, keys: list[int]) -> None:
        """Send passages, under names that follow from id and text alone."""
        passages = self._store.passages(keys)
        rows = self._store.rows(f"SELECT key, digest {_ROWS}", (json.dumps(keys),))
        sent = {row["key"]: _sent(passages[row["key"]], row["digest"].hex()) for row in rows}
        in_doubt = list(self._sent.points(keys).values())
        self._sent.begin({key: str(passage.id) for key, passage in sent.items()})
        if in_doubt:  # a writer was killed here; not every store replaces what has the same name
            self._external.delete(in_doubt)
        for batch in _without_repeats(sent):
            vectors = self._store.embeddings_of(list(batch))
            points = [str(passage.id) for passage in batch.values()]
            self._external.add(points, list(batch.values()), vectors)
        self._sent.finish(keys)

    def _is_the_same_store(self) -> bool:
        """Tell by what was sent last whether the store is new, emptied or an older copy."""
        newest = self._sent.newest(_PROBED)
        return self._external.count(newest) == len(newest)

    def _missing(self) -> Keys:
        return np.setdiff1d(self._keys(), self._sent.keys(certain=True))

    def _keys(self) -> Keys:
        rows = self._store.rows("SELECT key FROM chunks ORDER BY key")
        return np.fromiter((row[0] for row in rows), dtype=np.int64, count=len(rows))


def _sent(passage: Document, digest: str) -> Document:
    """Return a passage as it goes out: plain facts of one shape, which all stores can hold."""
    known = passage.metadata
    facts = {name: str(known.get(name) or "") for name in ("paper", "file", "title")}
    facts |= {"passage": str(passage.id), "digest": digest}
    point = str(uuid5(NAMESPACE_URL, f"r1agent:{passage.id}:{digest}"))
    page = known.get("page")
    metadata = {**facts, "page": page if isinstance(page, int) else 0}
    return Document(id=point, page_content=passage.page_content, metadata=metadata)


def _without_repeats(passages: dict[int, Document]) -> Iterator[dict[int, Document]]:
    """Yield parts in which no text is there twice, since vectors are handed out by text."""
    rest = passages
    while rest:
        first = {passage.page_content: key for key, passage in reversed(rest.items())}
        yield {key: rest[key] for key in rest if key in set(first.values())}
        rest = {key: passage for key, passage in rest.items() if key not in set(first.values())}


def _batches(keys: Keys, *, size: int = _BATCH) -> Iterator[list[int]]:
    return (keys[start : start + size].tolist() for start in range(0, len(keys), size))


def _is_in(held: Keys, key: int) -> bool:
    at = int(np.searchsorted(held, key))
    return at < len(held) and int(held[at]) == key


def _cosines(vector: Vectors, stored: Sequence[bytes]) -> list[float]:
    """Return the inner products of a unit vector with stored float16 unit vectors."""
    numbers = np.frombuffer(b"".join(stored), dtype=np.float16)
    scores: list[float] = (
        numbers.reshape(len(stored), len(vector)).astype(np.float32) @ vector
    ).tolist()
    return scores


def _best(found: Found, *, k: int) -> Found:
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))[:k]
