"""How good the search is: SciFact and Cranfield through the whole product, beside its bare parts.

Every abstract is written as a Markdown file and taken in by `PaperIndex.add`; every question goes
through `PaperIndex.search`; a paper scores as its best passage does. Beside it, in the same run,
the bare parts: bm25s over whole abstracts, the embedding of whole abstracts, their rank fusion.
All that has a number in it was chosen on SciFact's training questions; see its test questions.
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from bare_search import BareSearch
from results import ROOT, Figures
from rich.console import Console
from rich.table import Table

from r1agent_indexes import PaperIndex, load_embeddings, load_reranker
from r1agent_indexes.search.retriever import query_vector

DATA = ROOT.parent / "shared" / "data"
WORK = ROOT / "runs" / "bench-index-quality"
SPLITS = {"scifact": ("test",), "cranfield": ("test",)}
"""What is reported; the weights were picked on SciFact's `train`."""
PASSAGES = 300
"""Asked for a question, so that 100 papers are among them."""

Run = dict[str, dict[str, float]]


class CollectionMissingError(Exception):
    """A test collection is not where the bench looks for it."""


@dataclass(frozen=True, slots=True)
class Collection:
    """A corpus with questions and judgements."""

    name: str
    papers: dict[str, tuple[str, str]]
    """Title and abstract by id."""
    questions: dict[str, str]
    judged: dict[str, dict[str, dict[str, int]]]
    """By split, question and paper."""


def measure(*, limit: int | None = None) -> Figures:
    """Measure both collections; `limit` is how many questions of a split are asked."""
    figures: Figures = {}
    for name, splits in SPLITS.items():
        collection = read_collection(DATA / name)
        figures |= measure_collection(collection, splits, limit=limit)
    return figures


def measure_collection(
    collection: Collection, splits: Sequence[str], *, limit: int | None
) -> Figures:
    """Return nDCG@10 and recall@100 of each way to search, and its milliseconds a question."""
    embeddings = load_embeddings()
    figures: Figures = {}
    with open_index(collection) as index:
        paper_of = {paper.id: paper.path.stem for paper in index.papers()}
        reranker = load_reranker("late", embeddings)
        bare = BareSearch(collection.papers, embeddings.embed_documents, WORK / collection.name)
        ways: dict[str, Callable[[str], dict[str, float]]] = {
            "bare_bm25": bare.by_words,
            "bare_dense": lambda text: bare.by_meaning(embeddings.embed_query(text)),
            "bare_fused": lambda text: bare.fused(text, embeddings.embed_query(text)),
            "words": lambda text: _best(_by_words(index, text), paper_of),
            "meaning": lambda text: _best(_by_meaning(index, text), paper_of),
            "default": lambda text: _searched(index, text, paper_of),
            "best": lambda text: _searched(index, text, paper_of, reranker=reranker),
        }
        for split in splits:
            judged = dict(list(collection.judged[split].items())[:limit])
            for way, search in ways.items():
                began = time.perf_counter()
                run = {question: search(collection.questions[question]) for question in judged}
                spent = (time.perf_counter() - began) / len(judged)
                key = f"{collection.name}_{split}_{way}"
                figures |= {f"{key}_{name}": value for name, value in score(run, judged).items()}
                figures[f"{key}_ms"] = round(1000 * spent, 1)
                print(f"  {key}: {figures[f'{key}_ndcg10']}", flush=True)
    return figures | _named(figures, collection.name)


def read_collection(folder: Path) -> Collection:
    """Read a collection in BEIR's form; papers without a text are left out."""
    if not (folder / "corpus.jsonl").is_file():
        raise CollectionMissingError(
            f"No collection in {str(folder)!r}. Put `corpus.jsonl`, `queries.jsonl` and `qrels/` "
            f"of {folder.name} there; the quality of search is measured with it."
        )
    corpus = _lines(folder / "corpus.jsonl")
    judged: dict[str, dict[str, dict[str, int]]] = {}
    for file in sorted((folder / "qrels").glob("*.tsv")):
        split = judged.setdefault(file.stem, {})
        for line in file.read_text(encoding="utf-8").splitlines()[1:]:
            question, paper, gain = line.split("\t")
            split.setdefault(question, {})[paper] = int(gain)
    return Collection(
        folder.name,
        {one["_id"]: (one["title"], one["text"]) for one in corpus if one["text"].strip()},
        {one["_id"]: one["text"] for one in _lines(folder / "queries.jsonl")},
        judged,
    )


def open_index(collection: Collection) -> PaperIndex:
    """Return the index of a collection, made once and used again while it is sound."""
    papers, folder = WORK / collection.name / "papers", WORK / collection.name / "index"
    papers.mkdir(parents=True, exist_ok=True)
    for name, (title, text) in collection.papers.items():
        file = papers / f"{name}.md"
        if not file.is_file():
            file.write_text(f"# {title}\n\n{text}\n", encoding="utf-8")
    index = PaperIndex.open(folder, create=True)
    began = time.perf_counter()
    report = index.add([papers])
    print(
        f"  {collection.name}: {len(report.added)} files taken in, "
        f"{len(report.folded)} folded, in {time.perf_counter() - began:.0f} s"
    )
    return index


def score(run: Run, judged: Mapping[str, Mapping[str, int]]) -> dict[str, float]:
    """Return nDCG@10 and recall@100 as trec_eval computes them."""
    import ir_measures
    from ir_measures import R, nDCG

    measures = {"ndcg10": nDCG @ 10, "recall100": R @ 100}
    found = ir_measures.calc_aggregate(list(measures.values()), judged, run)
    return {name: round(found[measure], 4) for name, measure in measures.items()}


def _searched(
    index: PaperIndex, text: str, paper_of: Mapping[str, str], reranker: object = None
) -> dict[str, float]:
    """Return papers as `search` ranks them: by the place of their best passage."""
    found = index.search(text, k=PASSAGES, reranker=reranker)  # type: ignore[arg-type]
    names = dict.fromkeys(paper_of[passage.metadata["paper"]] for passage in found)
    return {name: 1 / place for place, name in enumerate(names, 1)}


def _by_words(index: PaperIndex, text: str) -> list[tuple[str, float]]:
    found = index.store.search_keywords(text, k=PASSAGES)
    owned = index.store.owned([key for key, _ in found])
    owners = dict(zip(owned.keys, owned.papers, strict=True))
    return [(owners[key], value) for key, value in found]


def _by_meaning(index: PaperIndex, text: str) -> list[tuple[str, float]]:
    found = index.vectors.search(query_vector(index.embeddings.embed_query(text)), k=PASSAGES)
    owned = index.store.owned([key for key, _ in found])
    owners = dict(zip(owned.keys, owned.papers, strict=True))
    return [(owners[key], value) for key, value in found]


def _best(found: Sequence[tuple[str, float]], paper_of: Mapping[str, str]) -> dict[str, float]:
    best: dict[str, float] = {}
    for paper, value in found:
        name = paper_of[paper]
        best[name] = max(value, best.get(name, -np.inf))
    return best


def _named(figures: Figures, name: str) -> Figures:
    """Return the figures that `benchmarks/index.json` must have."""
    default = f"{name}_test_default"
    named: Figures = {f"{name}_ndcg10": figures[f"{default}_ndcg10"]}
    if name == "scifact":
        named["scifact_recall100"] = figures[f"{default}_recall100"]
        named["scifact_ndcg10_best"] = figures["scifact_test_best_ndcg10"]
    return named


def _lines(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def print_table(figures: Figures) -> None:
    """Print nDCG@10, recall@100 and milliseconds of each way."""
    table = Table(title="Search quality", title_justify="left")
    for heading in ("questions and way", "nDCG@10", "recall@100", "ms a question"):
        table.add_column(heading, justify="left" if heading.startswith("q") else "right")
    for key, value in figures.items():
        if key.endswith("_ndcg10") and f"{key.removesuffix('_ndcg10')}_ms" in figures:
            way = key.removesuffix("_ndcg10")
            recall, spent = figures[f"{way}_recall100"], figures[f"{way}_ms"]
            table.add_row(way, f"{value:.4f}", f"{recall:.4f}", f"{spent}")
    Console(width=None if sys.stdout.isatty() else 100).print(table)


def main() -> int:
    """Measure alone and print."""
    parser = argparse.ArgumentParser(description=__doc__, prog="index_quality.py")
    parser.add_argument("--limit", type=int, help="questions of each split (default: all)")
    parser.add_argument("--fresh", action="store_true", help="make the indexes again")
    arguments = parser.parse_args()
    if arguments.fresh:
        shutil.rmtree(WORK, ignore_errors=True)
    print_table(measure(limit=arguments.limit))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except CollectionMissingError as error:
        sys.exit(f"error: {error}")
