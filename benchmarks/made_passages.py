"""Papers by the hundred thousand for the bench of search: real sentences, joined anew.

A passage is four real sentences: two neighbours of one document, and two that lie nearest to them
in meaning elsewhere. Its embedding is the mean of its sentences' real embeddings and a little
noise, at unit length: encoding a million passages takes hours on two cores. All-MiniLM-L6-v2 takes
the mean over tokens itself, so the mean over sentences lies close to what it would say; and since
one sentence serves in many passages, neighbourhoods are dense, which is hard for an index.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray
from quotes import CorpusMissingError
from results import ROOT

from r1agent_indexes.embed import unit_rows
from r1agent_indexes.reading.sentences import sentence_spans
from r1agent_indexes.store import SourceFile
from r1agent_indexes.types import PaperMetadata

DATA = ROOT.parent / "shared" / "data"
SENTENCES = 20_000
_NEIGHBOURS = 24
"""How many sentences near to a passage's own may stand beside them in it."""
_NOISE = 0.15
"""Length of the noise beside an embedding of length 1; neighbours stay neighbours."""
_PAGES, _ON_A_PAGE = 10, 4
Vectors = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pool:
    """Real sentences in the order of their documents, with their real embeddings."""

    texts: list[str]
    vectors: Vectors
    near: NDArray[np.int32]
    """`(n, 24)`: the sentences nearest to each in meaning, itself left out."""


@dataclass(frozen=True, slots=True)
class MadePaper:
    """One paper as `writing.add_paper` takes it."""

    source: SourceFile
    metadata: PaperMetadata
    pages: list[Document]
    passages: list[Document]
    vectors: Vectors


def load_pool(folder: Path, embeddings: Embeddings, *, count: int = SENTENCES) -> Pool:
    """Return the pool, from `folder` where an earlier run has left it there."""
    texts = _sentences(count)
    known = hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]
    kept = folder / f"pool-{known}.npz"
    if not kept.is_file():
        vectors = unit_rows(np.asarray(embeddings.embed_documents(texts), dtype=np.float32))
        folder.mkdir(parents=True, exist_ok=True)
        np.savez(kept, vectors=vectors, near=_nearest(vectors))
    with np.load(kept, allow_pickle=False) as found:
        return Pool(texts, found["vectors"], found["near"])


def queries() -> list[str]:
    """Return the claims of SciFact's training part and Cranfield's questions, each once."""
    with (_found("scifact") / "qrels" / "train.tsv").open(encoding="utf-8") as file:
        train = {line.split("\t")[0] for line in file}
    texts = {line["_id"]: line["text"] for line in _lines("scifact", "queries.jsonl")}
    claims = [text for id_, text in texts.items() if id_ in train]
    questions = [line["text"] for line in _lines("cranfield", "queries.jsonl")]
    return list(dict.fromkeys(claims + questions))


def made_papers(pool: Pool, passages: int, *, seed: int = 0) -> Iterator[MadePaper]:
    """Yield papers until they hold that many passages; the same ones for the same seed."""
    random = np.random.default_rng(seed)
    each = _PAGES * _ON_A_PAGE
    for number in range(passages // each):
        yield _paper(pool, number, random)


def _paper(pool: Pool, number: int, random: np.random.Generator) -> MadePaper:
    each = _PAGES * _ON_A_PAGE
    rows = _rows(pool, each, random)
    means = pool.vectors[rows].mean(axis=1)
    noise = random.standard_normal(means.shape, dtype=np.float32)
    noise *= _NOISE / np.sqrt(means.shape[1])
    vectors = unit_rows(unit_rows(means) + noise)
    texts = [" ".join(pool.texts[at] for at in row) for row in rows.tolist()]
    name = f"paper-{number:06}"
    source = SourceFile(
        Path(f"/made/{name}.pdf"), hashlib.sha256(name.encode()).hexdigest(), 100_000, number
    )
    title = pool.texts[int(rows[0, 0])][:80]
    pages, cut = [], []
    for page in range(_PAGES):
        own = texts[page * _ON_A_PAGE : (page + 1) * _ON_A_PAGE]
        facts = {"page": page + 1, "page_label": str(page + 1)}
        pages.append(Document(page_content="\n".join(own), metadata=facts))
        start = 0
        for text in own:
            span = {"start": start, "end": start + len(text), "section": None}
            cut.append(Document(page_content=text, metadata=facts | span))
            start += len(text) + 1
    return MadePaper(source, PaperMetadata(title), pages, cut, vectors)


def _rows(pool: Pool, count: int, random: np.random.Generator) -> NDArray[np.int64]:
    """Return `(count, 4)` sentences: two neighbours of a document, and two near to each."""
    first = random.integers(0, len(pool.texts) - 1, count)
    near = random.integers(0, _NEIGHBOURS, (2, count))
    pair = (first, first + 1, pool.near[first, near[0]], pool.near[first + 1, near[1]])
    return np.stack(pair, axis=1).astype(np.int64)


def _nearest(vectors: Vectors) -> NDArray[np.int32]:
    blocks = []
    for start in range(0, len(vectors), 1000):
        scores = vectors[start : start + 1000] @ vectors.T
        order = np.argpartition(-scores, _NEIGHBOURS + 1, axis=1)[:, : _NEIGHBOURS + 1]
        own = np.arange(start, start + len(scores))[:, None]
        at = np.argsort(order == own, axis=1, kind="stable")  # itself comes last, and is cut off
        blocks.append(np.take_along_axis(order, at, axis=1)[:, :_NEIGHBOURS])
    return np.concatenate(blocks).astype(np.int32)


def _sentences(count: int) -> list[str]:
    """Return sentences of SciFact's and Cranfield's documents, in turn, without repeats."""
    found: dict[str, None] = {}
    documents = zip(_lines("scifact", "corpus.jsonl"), _cycled("cranfield"), strict=False)
    for pair in documents:
        for text in (document["text"] for document in pair):
            spans = (text[start:end] for start, end in sentence_spans(text))
            found.update((one, None) for one in spans if 30 <= len(one) <= 400)
        if len(found) >= count:
            break
    return list(found)[:count]


def _cycled(name: str) -> Iterator[dict[str, str]]:
    documents = _lines(name, "corpus.jsonl")
    return (documents[at % len(documents)] for at in range(1_000_000))


def _lines(name: str, file: str) -> list[dict[str, str]]:
    with (_found(name) / file).open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _found(name: str) -> Path:
    folder = DATA / name
    if not folder.is_dir():
        raise CorpusMissingError(
            f"The collection {str(folder)!r} is missing; search at scale cannot be measured "
            "without its sentences. Put it there, or measure other parts with PARTS=…."
        )
    return folder
