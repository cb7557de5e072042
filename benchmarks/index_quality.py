"""How good the search is: SciFact and Cranfield through the whole product, beside its bare parts.

Every abstract is written as a Markdown file and taken in by `PaperIndex.add`; every question goes
through `PaperIndex.search`; a paper scores as its best passage does. Beside it, in the same run,
the bare parts: bm25s over whole abstracts, the embedding of whole abstracts, their rank fusion.
All that has a number in it was chosen on SciFact's training questions; see its test questions.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from statistics import fmean

from put import Answered, put
from results import ROOT, Figures
from rich.console import Console
from rich.table import Table

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.task import Wanted
from r1agent.evaluate.tasks.retrieval import RetrievalTask

DATA = ROOT.parent / "shared" / "data"
WORK = ROOT / "runs" / "bench-index-quality"
SPLITS = {"scifact": ("test",), "cranfield": ("test",)}
"""What is reported; the weights were picked on SciFact's `train`."""
_WAYS = {
    "bm25s": "bare_bm25",
    "bare dense": "bare_dense",
    "bm25s and bare dense": "bare_fused",
    "words": "words",
    "meaning": "meaning",
    "default": "default",
    "with reranker": "best",
}
"""What the figures of each system are called."""
_MEASURES = {"ndcg10": "nDCG@10", "recall100": "R@100"}


def measure(*, limit: int | None = None) -> Figures:
    """Measure both collections; `limit` is how many questions of a split are asked."""
    figures: Figures = {}
    for name, splits in SPLITS.items():
        for split in splits:
            figures |= measure_split(DATA / name, split, limit=limit)
        figures |= _named(figures, name)
    return figures


def measure_split(folder: Path, split: str, *, limit: int | None, cache: Path = WORK) -> Figures:
    """Return nDCG@10 and recall@100 of each way to search, and its milliseconds a question.

    Raises:
        EvaluationError: The collection is not where the bench looks for it.
    """
    task = RetrievalTask(folder, split, cache=cache, reranker="late")
    examples = task.examples()[:limit]
    figures: Figures = {}
    for system in task.systems(Wanted()):
        key = f"{folder.name}_{split}_{_WAYS[system.name]}"
        figures |= _of_way(key, put(system, examples, task.score))
        print(f"  {key}: {figures[f'{key}_ndcg10']}", flush=True)
    return figures


def _of_way(key: str, rows: Sequence[Answered]) -> Figures:
    means: Figures = {
        f"{key}_{name}": round(fmean(row.measures[measure] for row in rows), 4)
        for name, measure in _MEASURES.items()
    }
    return means | {f"{key}_ms": round(1000 * fmean(row.seconds for row in rows), 1)}


def _named(figures: Figures, name: str) -> Figures:
    """Return the figures that `benchmarks/index.json` must have."""
    default = f"{name}_test_default"
    named: Figures = {f"{name}_ndcg10": figures[f"{default}_ndcg10"]}
    if name == "scifact":
        named["scifact_recall100"] = figures[f"{default}_recall100"]
        named["scifact_ndcg10_best"] = figures["scifact_test_best_ndcg10"]
    return named


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
    except EvaluationError as error:
        sys.exit(f"error: {error}")
