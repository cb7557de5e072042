"""Whether the gate, as users get it, rejects planted faults and lets true sentences through.

`make bench-loop PARTS=faults` measures on the 49 papers of the shared folder. To work on the
checks, measure on other texts and read what was missed:

    python benchmarks/loop_faults.py --dev --show negation
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from langchain_core.documents import Document
from parts import print_table
from put import Answered, put
from results import ROOT, Figures

from r1agent.evaluate.errors import EvaluationError
from r1agent.evaluate.planted.corpus import Corpus, corpus_of_folder
from r1agent.evaluate.planted.faults import PLANTERS, WORDED, plant
from r1agent.evaluate.planted.judged import TRUE, PlantedGate, fault_examples, score_fault
from r1agent.evaluate.planted.pairs import make_pairs
from r1agent_indexes import load_embeddings

QA_PAPERS = ROOT.parent / "shared" / "qa" / "papers"
EXAMPLES = ROOT / "examples" / "papers" / "pdf"
SCIFACT = ROOT.parent / "shared" / "data" / "scifact"
PAIRS = 300
SEED = 20260101


def measure(*, limit: int | None = None, dev: bool = False, show: str = "") -> Figures:
    """Judge true pairs, and every fault that could be planted into each of them.

    Args:
        limit: Use only that many pairs.
        dev: Make them of the example papers and SciFact's training abstracts, to tune on.
        show: Print the true sentences that were rejected (`true`), or the faults of one kind that
            were not.

    Raises:
        EvaluationError: The papers are not there.
    """
    corpus = corpus_of_folder(EXAMPLES if dev else QA_PAPERS)
    if dev:
        _add_abstracts(corpus)
    pairs = make_pairs(corpus, count=PAIRS, seed=SEED)[:limit]
    examples = fault_examples(pairs, plant(pairs, corpus, seed=SEED))
    rows = put(PlantedGate("gate", corpus, load_embeddings()), examples, score_fault)
    if show:
        _show(show, rows)
    return _figures(rows)


def _figures(rows: Sequence[Answered]) -> Figures:
    total = Counter[str]()
    for row in rows:
        total.update({name: int(value) for name, value in row.measures.items()})
    planted, caught = (
        Counter(_kind(row) for row in rows if row.measures[name]) for name in ("fault", "caught")
    )
    figures: Figures = {
        "faults_total": total["fault"],
        "faults_caught": total["caught"],
        "faults_caught_share": round(total["caught"] / total["fault"], 4),
        "true_total": total["true"],
        "true_rejected": total["rejected"],
        "true_rejected_share": round(total["rejected"] / total["true"], 4),
        "faults_worded_total": sum(planted[kind] for kind in WORDED),
        "faults_worded_caught": sum(caught[kind] for kind in WORDED),
    }
    for kind in PLANTERS:
        figures[f"faults_total_{kind}"] = planted[kind]
        figures[f"faults_caught_{kind}"] = caught[kind]
    return figures


def _kind(row: Answered) -> str:
    return row.example.kind.replace(" ", "_")


def _show(kind: str, rows: Sequence[Answered]) -> None:
    for row in rows:
        claim, quote = row.example.question, row.example.data["citation"]["quote"]
        if row.measures["rejected"] and kind == "true":
            reasons = "; ".join(row.output.said["reasons"])
            print(f"REJECTED {claim}\n   QUOTE {quote!r}\n   {reasons}\n")
        missed = row.example.kind != TRUE and not row.measures["caught"]
        if missed and kind in (_kind(row), "all"):
            print(f"MISSED {_kind(row)}: {claim}\n   QUOTE {quote!r}\n")


def _add_abstracts(corpus: Corpus) -> None:
    """Add SciFact abstracts that its training claims name and its reported ones do not."""
    if not SCIFACT.is_dir():
        return
    named = {split: _documents_of(SCIFACT / f"claims_{split}.jsonl") for split in ("train", "dev")}
    wanted = named["train"] - named["dev"]
    for line in (SCIFACT / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
        paper = json.loads(line)
        if paper["_id"] not in wanted:
            continue
        where = {"file": paper["_id"], "page": 1, "page_label": "1", "start": 0, "section": None}
        page = Document(page_content=paper["text"], metadata=where)
        about = {"title": paper["title"], "authors": [], "year": None}
        corpus.add(paper["_id"], [page], [page], about)


def _documents_of(path: Path) -> set[str]:
    claims = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {str(doc) for claim in claims for doc in claim.get("cited_doc_ids", [])}


def main() -> int:
    """Measure as asked and print the table; nothing is written."""
    parser = argparse.ArgumentParser(description=__doc__, prog="loop_faults.py")
    parser.add_argument("--dev", action="store_true", help="on the texts to tune on")
    parser.add_argument("--limit", type=int, help="with at most so many pairs")
    parser.add_argument("--show", default="", help=f"true, all, {', '.join(PLANTERS)}")
    arguments = parser.parse_args()
    figures = measure(limit=arguments.limit, dev=arguments.dev, show=arguments.show)
    print_table("loop", "Planted faults", figures)
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except EvaluationError as error:
        sys.exit(f"error: {error}")
