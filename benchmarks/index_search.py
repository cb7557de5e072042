"""Search at 10,000 to a million passages: time, recall, size, and the parts it is made of.

The papers are put in by the product's own `writing.add_paper` and saved by `PaperIndex`; see
`made_passages` for what they say. They stay in runs/ and are used again. Each question is asked
once, so none is answered from the cache: whole queries and bare parts in turn, one thread each.

The bare parts of a size are: embedding the question, the search of the same FAISS index, and the
same question to the same keyword index (FTS5, or tantivy where the index is large), each called
directly; the ratio compares the sum of their medians with the median of `PaperIndex.search`. The
bare parts live in memory, so the database is read once before the clock starts; the first query
after opening is timed before that.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import resource
import sys
import time
from collections.abc import Callable, Sequence
from functools import lru_cache, partial
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.embeddings import Embeddings
from made_passages import Pool, load_pool, made_papers, queries
from quotes import CorpusMissingError
from results import ROOT, Figures

from r1agent_indexes import PaperIndex
from r1agent_indexes.embed import load_embeddings
from r1agent_indexes.schema import SCHEMA
from r1agent_indexes.search.retriever import query_vector
from r1agent_indexes.store import Vectors
from r1agent_indexes.vectors.saved_file import SavedFile
from r1agent_indexes.writing import add_paper

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
WORK = ROOT / "runs" / "bench-index" / "search"
QUESTIONS = 200
WARM = 20
DEPTH = 100
"""Passages that a search takes from FAISS and from the keyword index."""


def measure(sizes: Sequence[str] = tuple(SIZES)) -> Figures:
    """Return the figures of all sizes asked for, and the keys under which they are compared."""
    embeddings = load_embeddings()
    pool = load_pool(WORK, embeddings)
    figures: Figures = {}
    for size in sizes:
        folder = WORK / f"{size}-{hashlib.sha256(SCHEMA.encode()).hexdigest()[:8]}"
        with PaperIndex.open(folder, embeddings=embeddings, create=True) as index:
            built = _build(index, pool, SIZES[size], folder)
        with PaperIndex.open(folder, embeddings=embeddings) as index:  # as another process finds it
            figures |= {f"{name}_{size}": value for name, value in built.items()}
            found = _searched(index, embeddings)
            figures |= {f"{name}_{size}": value for name, value in found.items()}
        print(f"  {size}: {figures[f'kind_{size}']}", flush=True)
    return figures


def _build(index: PaperIndex, pool: Pool, passages: int, folder: Path) -> Figures:
    """Fill an index, or return the figures of the run that did."""
    kept = folder / "built.json"
    if kept.is_file() and index.vectors.is_saved() and index.store.words.is_saved(index.store):
        found: Figures = json.loads(kept.read_text(encoding="utf-8"))
        return found
    there = index.store.number("SELECT count(*) FROM papers")  # of a run that was stopped
    started = time.perf_counter()
    for paper in islice(made_papers(pool, passages), there, None):
        add_paper(
            index.store, paper.source, paper.metadata, paper.pages, paper.passages, paper.vectors
        )
    written = time.perf_counter()
    index.vectors.save()
    vectors = time.perf_counter()
    with index.writing():
        pass
    figures: Figures = {} if there else {"write_s": round(written - started, 1)}
    figures |= {
        "build_s": round(vectors - written, 1),
        "build_keywords_s": round(time.perf_counter() - vectors, 1),
        "build_rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "vectors_mb": round(_bytes(folder / "vectors.faiss") / 1e6, 1),
        "mb": round(sum(map(_bytes, folder.rglob("*"))) / 1e6, 1),
    }
    kept.write_text(json.dumps(figures), encoding="utf-8")
    return figures


def _searched(index: PaperIndex, embeddings: Embeddings) -> Figures:
    """Time whole queries and bare parts in turn, with another question each."""
    random = np.random.default_rng(0)
    asked = [str(one) for one in random.permutation(queries())[: 2 * QUESTIONS + WARM + 1]]
    embeddings.embed_query(asked[0])
    first = _seconds(lambda: index.search(asked[1]))
    _read_once(index.path / "papers.sqlite")
    for question in asked[2 : WARM + 1]:
        index.search(question)
    timed = asked[WARM + 1 :]
    whole, parts = [], []
    for one, other in zip(timed[::2], timed[1::2], strict=True):
        whole.append(_seconds(partial(index.search, one)))
        parts.append(_bare(index, embeddings, other))
    bare = np.median(parts, axis=0)
    return {
        "kind": index.vectors.describe(),
        "query_first_ms": _milliseconds(first),
        "query_p50_ms": _milliseconds(np.median(whole)),
        "query_p95_ms": _milliseconds(np.percentile(whole, 95)),
        "query_p99_ms": _milliseconds(np.percentile(whole, 99)),
        "bare_encode_ms": _milliseconds(bare[0]),
        "bare_faiss_ms": _milliseconds(bare[1]),
        "bare_keywords_ms": _milliseconds(bare[2]),
        "search_ratio_bare": round(float(np.median(whole) / np.median(np.sum(parts, axis=1))), 3),
        "recall10": _recall(index, [query_vector(embeddings.embed_query(q)) for q in timed[::2]]),
    }


def _read_once(file: Path) -> None:
    """Have the system hold a file in memory, as it does the files of the bare parts."""
    with file.open("rb") as opened:
        while opened.read(1 << 24):
            pass


def _bare(index: PaperIndex, embeddings: Embeddings, question: str) -> tuple[float, float, float]:
    """Return the seconds of embedding, of the FAISS search and of the keyword search alone."""
    started = time.perf_counter()
    vector = query_vector(embeddings.embed_query(question))
    embedded = time.perf_counter()
    nearest = faiss_of(index)
    between = time.perf_counter()
    nearest.search(vector[None], DEPTH)
    found = time.perf_counter()
    index.store.search_keywords(question, k=DEPTH)
    return embedded - started, found - between, time.perf_counter() - found


def faiss_of(index: PaperIndex) -> Any:
    """Return the bare index of FAISS, read once more from the file, for one thread."""
    import faiss

    faiss.omp_set_num_threads(1)
    return _read(index.path / "vectors.faiss")


@lru_cache(maxsize=1)
def _read(path: Path) -> Any:
    return SavedFile(path.parent).read(mapped=True)


def _recall(index: PaperIndex, vectors: Sequence[Vectors]) -> float:
    """Return which share of the ten nearest by exact cosines a search for ten finds."""
    asked = np.stack(vectors)
    scores = np.full((len(asked), 0), 0, dtype=np.float32)
    nearest = np.full((len(asked), 0), 0, dtype=np.int64)
    for keys, block in index.store.vector_blocks(0):
        scores = np.hstack([scores, asked @ block.T])
        nearest = np.hstack([nearest, np.broadcast_to(keys, (len(asked), len(keys)))])
        best = np.argpartition(-scores, 9, axis=1)[:, :10]
        scores = np.take_along_axis(scores, best, axis=1)
        nearest = np.take_along_axis(nearest, best, axis=1)
    found = [{key for key, _ in index.vectors.search(vector, k=10)} for vector in asked]
    shares = [len(got & set(true)) / 10 for got, true in zip(found, nearest.tolist(), strict=True)]
    return round(float(np.mean(shares)), 4)


def _seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _milliseconds(seconds: float) -> float:
    return round(float(seconds) * 1000, 2)


def _bytes(path: Path) -> int:
    return path.stat().st_size if path.is_file() else 0


def main() -> int:
    """Measure the sizes asked for and print every figure."""
    parser = argparse.ArgumentParser(description=__doc__, prog="index_search.py")
    parser.add_argument("--sizes", nargs="+", choices=list(SIZES), default=list(SIZES))
    for name, value in measure(parser.parse_args().sizes).items():
        print(f"{name}: {value}")
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CorpusMissingError as error:
        sys.exit(f"error: {error}")
